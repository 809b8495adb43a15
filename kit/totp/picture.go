package totp

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"github.com/pquerna/otp"
)

// The picture, in pixels: a square code on white. The margin is part of what a camera
// looks for (ISO/IEC 18004, four modules on each side), in a dark page as well.
const (
	codeSide = 300
	margin   = 24
)

// Picture is the address as a QR code, in PNG.
func Picture(address string) ([]byte, error) {
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		return nil, fmt.Errorf("totp: address: %w", err)
	}
	code, err := key.Image(codeSide, codeSide)
	if err != nil {
		return nil, fmt.Errorf("totp: picture: %w", err)
	}
	side := codeSide + 2*margin
	sheet := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	draw.Draw(sheet, image.Rect(margin, margin, margin+codeSide, margin+codeSide), code, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, sheet); err != nil {
		return nil, fmt.Errorf("totp: picture: %w", err)
	}
	return out.Bytes(), nil
}
