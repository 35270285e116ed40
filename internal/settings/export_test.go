package settings

// The renderings of tables other than the one in use, so that planned keys are ready when their features are.

func JamfSchemaOf(identifier string, keys []Key) ([]byte, error) { return jamfSchema(identifier, keys) }

func ManifestOf(identifier string, keys []Key) ([]byte, error) { return manifest(identifier, keys) }
