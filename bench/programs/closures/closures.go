package main

import "fmt"

func counter(step int) func() int {
	n := 0
	return func() int {
		n = (n + step) % 1000003
		return n
	}
}

func add(n int) func(int) int { return func(x int) int { return x + n } }

func chain(f, g func(int) int) func(int) int { return func(x int) int { return g(f(x)) } }

func times(n int, act func(int)) {
	for i := 1; i <= n; i++ {
		act(i)
	}
}

func main() {
	sum := 0
	a, b := counter(3), counter(7)
	times(2000000, func(i int) { sum = (sum + a()*i + b()) % 1000003 })
	for i := 1; i <= 1000000; i++ {
		f := chain(add(i), add(1))
		sum = (sum + f(i)) % 1000003
	}
	fmt.Println(sum)
}
