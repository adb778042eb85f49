package sandbox

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"net/http"
)

const (
	avatarCells = 5
	avatarCell  = 16 // pixels
	avatarSide  = avatarCells * avatarCell
)

// getFile serves avatars. They need no token, because browsers load them as images.
func (s *Sandbox) getFile(_ *caller, r *http.Request) (answer, error) {
	id, _ := canonicalID(r.PathValue("fileId"))
	u := s.store.avatars[id]
	if u == nil {
		return answer{}, errNotFound
	}
	raw, err := drawAvatar(u.ID)
	return answer{raw: raw, contentType: "image/png"}, err
}

// drawAvatar draws a symmetric pattern that depends on the given text only.
func drawAvatar(text string) ([]byte, error) {
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
	var buf bytes.Buffer
	err := png.Encode(&buf, img)
	return buf.Bytes(), err
}
