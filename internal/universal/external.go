package universal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// What can be wrong with signing a program by another.
var (
	ErrNoSigner = errors.New("no program is there that signs programs for Macs: rcodesign, quill or, on a Mac, codesign")
	ErrSigner   = errors.New("is no program that is known to sign programs for Macs; there are rcodesign, quill and codesign")
)

// Signer is who signs a program for Macs with a Developer ID Application identity.
type Signer struct {
	Tool         string // rcodesign, quill or codesign; empty for the first of them that is installed
	Identity     string // a .p12 file; with codesign, the name of an identity in the keychain
	PasswordFile string // with the password of the .p12 file; not for codesign
	Identifier   string // what the signature calls the program
	Timestamp    string // the URL of a time stamp authority; empty for the tool's own, which is Apple's
}

// Sign has another program sign a universal program, with the hardened runtime and a time stamp, as the notary service
// asks for. It is not done here, as what these programs do is a trade of its own; the result is checked for form.
//
// It starts the administrator's own tool on the administrator's computer, as [Build] does.
func (s Signer) Sign(ctx context.Context, program []byte) (_ []byte, err error) {
	tool, err := s.find()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "install-or-defer-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	file := filepath.Join(folder, "install-or-deferd")
	if err := os.WriteFile(file, program, 0o755); err != nil {
		return nil, err
	}
	args, environment, err := s.invocation(filepath.Base(tool), file)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Env = append(append(cmd.Environ(), "NO_COLOR=1"), environment...)
	if said, err := cmd.CombinedOutput(); err != nil {
		const enough = 2000
		text := strings.TrimSpace(string(said))
		return nil, fmt.Errorf("sign program: %s: %w: %s", filepath.Base(tool), err, text[:min(len(text), enough)])
	}
	return os.ReadFile(file)
}

// find looks for the tool on the administrator's path.
func (s Signer) find() (string, error) {
	tools := []string{"rcodesign", "quill", "codesign"}
	if s.Tool != "" {
		tools = []string{s.Tool}
	}
	for _, name := range tools {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	if s.Tool != "" {
		return "", fmt.Errorf("%w: %s is not installed", ErrNoSigner, s.Tool)
	}
	return "", ErrNoSigner
}

// invocation is how each tool is told to sign, as its documentation says. A password goes by file or environment, since
// everybody on a computer can read the arguments of a running program.
func (s Signer) invocation(tool, file string) (args, environment []string, err error) {
	switch tool {
	case "rcodesign":
		args = []string{
			"sign", "--p12-file", s.Identity, "--code-signature-flags", "runtime", "--binary-identifier", s.Identifier,
		}
		args = append(args, s.stamp("--timestamp-url")...)
		if s.PasswordFile != "" {
			args = append(args, "--p12-password-file", s.PasswordFile)
		}
		return append(args, file), nil, nil
	case "quill":
		if s.PasswordFile != "" {
			data, err := os.ReadFile(s.PasswordFile)
			if err != nil {
				return nil, nil, fmt.Errorf("read password: %w", err)
			}
			line, _, _ := strings.Cut(string(data), "\n")
			environment = []string{"QUILL_SIGN_PASSWORD=" + strings.TrimSuffix(line, "\r")}
		}
		args = append([]string{"sign", "--p12", s.Identity, "--identity", s.Identifier}, s.stamp("--timestamp-server")...)
		return append(args, file), environment, nil
	case "codesign":
		stamp := "--timestamp"
		if s.Timestamp != "" {
			stamp += "=" + s.Timestamp
		}
		return []string{
			"--force", "--sign", s.Identity, "--options", "runtime", stamp, "--identifier", s.Identifier, file,
		}, nil, nil
	default:
		return nil, nil, fmt.Errorf("sign program: %q %w", tool, ErrSigner)
	}
}

// stamp is a flag with the URL of the authority, where one is chosen.
func (s Signer) stamp(flag string) []string {
	if s.Timestamp == "" {
		return nil
	}
	return []string{flag, s.Timestamp}
}
