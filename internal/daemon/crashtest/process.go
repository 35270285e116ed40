//go:build unix

package crashtest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/daemon"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Main is a process of the test: the daemon, which takes one turn, or a tool, by the name that it is called by.
func Main() int {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return 111
	}
	c := &client{conn: conn, out: json.NewEncoder(conn), in: json.NewDecoder(conn)}
	if filepath.Base(os.Args[0]) != filepath.Base(agent.BinaryPath) {
		return c.tool(os.Args[0], os.Args[1:])
	}
	return c.daemon()
}

// client is a process's end of the socket.
type client struct {
	mu    sync.Mutex
	conn  net.Conn
	out   *json.Encoder
	in    *json.Decoder
	now   time.Time
	lines strings.Builder

	limit context.CancelFunc // ends the tool that runs, as the runner does at its limits
}

// Write implements [io.Writer], for the lines of the agent.
func (c *client) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lines.Write(p)
}

// say sends a message and waits for the answer. One that never comes is how a test ends a process. Where the test has
// gone the process goes too.
func (c *client) say(message any) (r reply) {
	err := c.out.Encode(message)
	if err == nil {
		err = c.in.Decode(&r)
	}
	if err != nil {
		os.Exit(112)
	}
	return r
}

func (c *client) ask(r request) reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	r.Lines = c.lines.String()
	c.lines.Reset()
	answer := c.say(r)
	c.now = answer.Now
	return answer
}

func (c *client) daemon() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	limits := make(chan os.Signal, 1)
	signal.Notify(limits, syscall.SIGUSR1)
	go func() {
		for range limits {
			c.mu.Lock()
			c.limit()
			c.mu.Unlock()
		}
	}()
	first := c.say(hello{PID: os.Getpid(), PPID: os.Getppid(), Args: os.Args[1:]})
	c.now = first.Now
	files := &daemon.Files{Before: c.before}
	a := agent.Agent{
		Host: macos.Host{
			Runner: &runner{daemon.NewRunner(files), c}, Tree: files, Lister: files, Ledger: files, Clock: clock{c},
		},
		Root: os.Geteuid() == 0, Built: first.Built, Zone: time.UTC, Lines: c,
		Watch: func(d agent.Decision) {
			packed, err := pack(d)
			if err != nil {
				panic(err)
			}
			c.ask(request{Decision: &packed})
		},
	}
	err := a.Turn(ctx)
	e := end{Locked: errors.Is(err, macos.ErrLocked), Budget: errors.Is(err, agent.ErrBudget)}
	if err != nil {
		e.Error = err.Error()
	}
	c.ask(request{End: &e})
	if err != nil {
		return 1
	}
	return 0
}

// before asks whether a step may be taken. On a full disk half of what is to be written still finds room.
func (c *client) before(s daemon.Step) error {
	r := c.ask(request{Step: &s})
	if r.Errno == 0 {
		return nil
	}
	err := syscall.Errno(r.Errno)
	if err == syscall.ENOSPC && s.Do == daemon.StepWrite {
		if file, openErr := os.OpenFile(s.Path, os.O_WRONLY|os.O_APPEND, 0); openErr == nil {
			_, _ = file.Write(s.Data[:len(s.Data)/2])
			_ = file.Close()
		}
	}
	return err
}

// clock is the test's.
type clock struct{ c *client }

func (k clock) Now() time.Time {
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	return k.c.now
}

func (k clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	k.c.ask(request{Sleep: d})
	return ctx.Err()
}

// runner is the real one, but that its limits are those of virtual time.
type runner struct {
	*daemon.Runner
	c *client
}

// ages is longer than any tool of a test takes.
const ages = 2 * time.Minute

func (r *runner) Run(ctx context.Context, c macos.Command) (macos.Output, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.c.mu.Lock()
	r.c.limit = cancel
	r.c.mu.Unlock()
	r.c.ask(request{Run: &c})
	c.Timeout, c.Until = ages, time.Time{}
	out, err := r.Runner.Run(ctx, c)
	rest := r.c.ask(request{Ran: true}).Output
	out.Awake, out.TimedOut, out.Cut = rest.Awake, rest.TimedOut, rest.Cut
	return out, err
}

func (r *runner) Start(ctx context.Context, c macos.Command) (macos.Standing, error) {
	r.c.ask(request{Start: &c})
	c.Timeout, c.Until = 0, time.Time{}
	s, err := r.Runner.Start(ctx, c)
	r.c.ask(request{Started: err == nil, Failed: err != nil})
	return s, err
}

// tool acts as the test says that a tool does.
func (c *client) tool(path string, args []string) int {
	parent := os.Getppid() // before anything that the daemon may not live to see
	stdin, _ := io.ReadAll(os.Stdin)
	r := c.say(hello{PID: os.Getpid(), PPID: parent, Tool: path, Args: args, Stdin: string(stdin)})
	_, _ = os.Stdout.WriteString(r.Output.Stdout)
	_, _ = os.Stderr.WriteString(r.Output.Stderr)
	switch {
	case r.Hang:
		_ = syscall.Kill(parent, syscall.SIGUSR1)
		c.stand()
	case r.Stand:
		c.stand()
	case r.Output.Code < 0:
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		c.stand()
	}
	return r.Output.Code
}

// stand waits for the end: of the process, or of the test.
func (c *client) stand() {
	_, _ = io.Copy(io.Discard, c.conn)
}
