package main

import "fmt"

type kind uint8

const (
	number kind = iota
	variable
	add
	greater
	multiply
)

type expr struct {
	kind        kind
	value       int
	left, right *expr
}

var unknown = &expr{kind: variable}

func build(depth, seed int) *expr {
	if depth == 0 {
		if seed%4 == 0 {
			return unknown
		}
		return &expr{kind: number, value: seed % 7}
	}
	left, right := build(depth-1, seed*2+1), build(depth-1, seed*3+2)
	switch seed % 3 {
	case 0:
		return &expr{kind: add, left: left, right: right}
	case 1:
		return &expr{kind: greater, left: left, right: right}
	}
	return &expr{kind: multiply, left: left, right: right}
}

func (e *expr) is(n int) bool { return e.kind == number && e.value == n }

func simplify(e *expr) *expr {
	if e.kind <= variable {
		return e
	}
	left, right := simplify(e.left), simplify(e.right)
	numbers := left.kind == number && right.kind == number
	switch e.kind {
	case add:
		switch {
		case left.is(0):
			return right
		case right.is(0):
			return left
		case numbers:
			return &expr{kind: number, value: left.value + right.value}
		}
	case greater:
		switch {
		case numbers && left.value < right.value:
			return right
		case numbers || right.is(0):
			return left
		}
	case multiply:
		switch {
		case left.is(0) || right.is(0):
			return &expr{kind: number}
		case left.is(1):
			return right
		case right.is(1):
			return left
		}
	}
	return &expr{kind: e.kind, left: left, right: right}
}

func evaluate(e *expr, x int) int {
	switch e.kind {
	case number:
		return e.value
	case variable:
		return x
	}
	a, b := evaluate(e.left, x), evaluate(e.right, x)
	switch e.kind {
	case add:
		return a + b
	case greater:
		if a < b {
			return b
		}
		return a
	}
	return a * b % 1009
}

func main() {
	tree := build(14, 1)
	sum := 0
	for x := 1; x <= 100; x++ {
		simple := simplify(tree)
		sum += evaluate(tree, x) + evaluate(simple, x)
	}
	fmt.Println(sum)
}
