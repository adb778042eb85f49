// func Grow()
TEXT ·Grow(SB), $8192-0
	RET
