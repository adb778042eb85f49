package sandbox

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
)

const (
	avatarCells = 5
	avatarCell  = 16 // pixels
	avatarSide  = avatarCells * avatarCell
)

// drawAvatar returns the pattern of a text as a PNG.
func drawAvatar(text string) ([]byte, error) {
	var buf bytes.Buffer
	err := png.Encode(&buf, pattern(text))
	return buf.Bytes(), err
}

// pattern returns a symmetric image that depends only on the text.
func pattern(text string) image.Image {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // a hash never fails
	bits := h.Sum64()
	ink := color.RGBA{uint8(64 + bits>>40%128), uint8(64 + bits>>48%128), uint8(64 + bits>>56%128), 255}
	img := image.NewPaletted(image.Rect(0, 0, avatarSide, avatarSide), color.Palette{color.RGBA{244, 246, 248, 255}, ink})
	for y := range avatarSide {
		for x := range avatarSide {
			column, row := x/avatarCell, y/avatarCell
			column = min(column, avatarCells-1-column)
			img.SetColorIndex(x, y, uint8(bits>>(row*avatarCells+column)&1))
		}
	}
	return img
}
