package main

import "fmt"

// Products are converted to float64 before they are added: without that Go may
// fuse them on some processors, and the outputs could differ in the last bit.
func iterate(cr, ci float64, limit int) int {
	var a, b, aa, bb float64
	count := 0
	for count < limit && aa+bb <= 4.0 {
		b = float64(2.0*a*b) + ci
		a = aa - bb + cr
		aa = float64(a * a)
		bb = float64(b * b)
		count++
	}
	return count
}

func mandelbrot(side, limit int) int {
	total := 0
	scale := 2.0 / float64(side)
	for y := 0; y < side; y++ {
		ci := float64(float64(y)*scale) - 1.0
		for x := 0; x < side; x++ {
			total += iterate(float64(float64(x)*scale)-1.5, ci, limit)
		}
	}
	return total
}

func main() {
	fmt.Println(mandelbrot(800, 100))
}
