module github.com/install-or-defer/install-or-defer

go 1.26

require (
	github.com/google/go-cmp v0.7.0 // indirect
	howett.net/plist v1.0.1 // indirect
	pgregory.net/rapid v1.3.0 // indirect
)
