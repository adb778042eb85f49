package render

import "testing"

func TestRepeated(t *testing.T) {
	t.Parallel()
	plain, other, deferred := &Object{plain: true}, &Object{plain: true}, &Object{}
	var known Repeated[*int]
	w := NewWriter()
	write := func(plan *Object, object *int, text string) {
		start, again := known.Again(w, plan, object)
		if !again {
			w.String(text)
			known.Remember(w, plan, object, start)
		}
	}
	one, two := new(1), new(1)
	write(plain, one, "a")
	write(plain, one, "is copied")
	write(other, one, "b")
	write(plain, two, "c")
	write(deferred, one, "d")
	write(deferred, one, "e") // its deferred are not in the text
	for range known.written {
		write(plain, new(1), "f")
	}
	write(plain, one, "g") // forgotten
	if want, got := `"a""a""b""c""d""e""f""f""f""f""g"`, string(w.Buffer()); got != want {
		t.Errorf("want %s, got %s", want, got)
	}
	w.Discard()
}
