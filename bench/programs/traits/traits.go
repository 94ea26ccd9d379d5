package main

import "fmt"

type shape interface {
	area() int
	scaled(by int) int
}

type square struct{ side int }
type rectangle struct{ width, height int }
type triangle struct{ base, height int }
type trapezium struct{ top, base, height int }

func (s *square) area() int            { return s.side * s.side }
func (s *square) scaled(by int) int    { return s.side * s.side * by * by }
func (s *rectangle) area() int         { return s.width * s.height }
func (s *rectangle) scaled(by int) int { return s.width * s.height * by * by }
func (s *triangle) area() int          { return s.base * s.height / 2 }
func (s *triangle) scaled(by int) int  { return s.base * s.height / 2 * by * by }
func (s *trapezium) area() int         { return (s.top + s.base) * s.height / 2 }
func (s *trapezium) scaled(by int) int { return (s.top + s.base) * s.height / 2 * by * by }

func build(n int) shape {
	switch n % 4 {
	case 0:
		return &square{n}
	case 1:
		return &rectangle{n, 3}
	case 2:
		return &triangle{n, 4}
	}
	return &trapezium{n, 5, 6}
}

func total(shapes []shape) int {
	sum := 0
	for _, s := range shapes {
		sum += s.area() + s.scaled(2)
	}
	return sum
}

func both[T shape](s T) int { return s.area() + s.scaled(2) }

func main() {
	var shapes []shape
	for n := 1; n <= 1000; n++ {
		shapes = append(shapes, build(n))
	}
	sum := 0
	for i := 0; i < 2000; i++ {
		sum += total(shapes)
	}
	s, r := &square{7}, &rectangle{2, 9}
	for i := 0; i < 1000000; i++ {
		sum += both(s) - both(r)
	}
	fmt.Println(sum)
}
