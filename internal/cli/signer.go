package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/notary"
	"github.com/install-or-defer/install-or-defer/internal/signature"
)

// signerOptions are the flags that say who signs.
type signerOptions struct{ file, passwordFile, timestamp string }

func (o *signerOptions) flags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&o.file, "sign", "", "sign with the identity in this .p12 `file`")
	flags.StringVar(&o.passwordFile, "password-file", "", "a `file` with its password; else "+passwordVariable+" or a prompt")
}

// inputs are the files that are read.
func (o *signerOptions) inputs() []mention {
	return []mention{{"--sign", o.file}, {"--password-file", o.passwordFile}}
}

// stampFlag adds the flag that says who confirms the time of a package's signature.
func (o *signerOptions) stampFlag(command *cobra.Command) {
	command.Flags().StringVar(&o.timestamp, "timestamp", "", "the `URL` of a time stamp authority (RFC 3161), or none; "+
		"by default "+notary.AppleAuthority+" with a Developer ID, and else none")
}

// stamp asks the authority that is chosen; it is nil where none is.
func (o signerOptions) stamp(identity signature.Identity, progress io.Writer) func(context.Context, []byte) ([]byte, error) {
	url := o.timestamp
	if url == "" && flatpkg.IsDeveloperID(identity.Chain[0]) {
		url = notary.AppleAuthority
	}
	if url == "" || url == "none" {
		return nil
	}
	return notary.Authority{URL: url, Now: now, Sleep: pause, Retry: retrying(progress)}.Stamp
}

// signing is who signs a package, or nil where nobody does.
func (o signerOptions) signing(stdin io.Reader, prompt io.Writer) (*flatpkg.Signing, error) {
	if o.file == "" {
		if o.passwordFile != "" {
			return nil, usagef("", "--password-file: there is no --sign that it is for")
		}
		return nil, nil
	}
	identity, err := o.identity(stdin, prompt)
	if err != nil {
		return nil, err
	}
	return &flatpkg.Signing{Key: identity.Key, Chain: identity.Chain, Now: now(), Timestamp: o.stamp(identity, prompt)}, nil
}

const passwordVariable = "INSTALL_OR_DEFER_P12_PASSWORD"

// identity reads who signs.
func (o signerOptions) identity(stdin io.Reader, prompt io.Writer) (signature.Identity, error) {
	data, err := readInput(nil, o.file)
	if err != nil {
		return signature.Identity{}, fmt.Errorf("read identity: %w", err)
	}
	password, err := o.password(stdin, prompt)
	if err != nil {
		return signature.Identity{}, err
	}
	identity, err := signature.Load(data, password, now())
	if err != nil {
		return signature.Identity{}, fmt.Errorf("%s: %w", o.file, err)
	}
	return identity, nil
}

// password comes from the file that is named, the environment or a person, in this order.
func (o signerOptions) password(stdin io.Reader, prompt io.Writer) (string, error) {
	if o.passwordFile != "" {
		data, err := readInput(nil, o.passwordFile)
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		line, _, _ := strings.Cut(string(data), "\n")
		return strings.TrimSuffix(line, "\r"), nil
	}
	if password, ok := os.LookupEnv(passwordVariable); ok {
		return password, nil
	}
	file, ok := stdin.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return "", usagef("set "+passwordVariable+" or give a --password-file", "there is no password for %s", o.file)
	}
	typed, err := askSecret(file, prompt, fmt.Sprintf("Password of %s: ", o.file))
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return typed, nil
}
