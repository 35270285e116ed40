package macos

import "context"

// Camera tells about the camera that is built in.
type Camera struct{ Host Host }

// cameraKey is what the driver of the built-in camera of Macs with Apple silicon sets to Yes while it delivers pictures.
const cameraKey = "FrontCameraStreaming"

// InUse tells whether the camera delivers pictures to a program, as ioreg(8) says.
//
// There is no tool for the question. The key is known from several public programs, which look for it by its name since
// the driver is called otherwise on each generation; this project has not seen their source of it, and has not tried
// it. Intel Macs and cameras of other makers have nothing of the kind that could be relied upon. So whatever is not
// said is "not in use".
func (c Camera) InUse(ctx context.Context) bool {
	out, err := c.Host.Runner.Run(ctx, Command{
		Path: ioregPath, Args: []string{"-r", "-k", cameraKey, "-d", "1", "-w", "0"}, Timeout: shortly,
	})
	return err == nil && registrySays(out.Stdout, cameraKey)
}
