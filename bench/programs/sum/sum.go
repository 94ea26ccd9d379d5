package main

import "fmt"

func sum(n int) int {
	s := 0
	for i := 1; i <= n; i++ {
		for j := 1; j <= n; j++ {
			s = s + i*j
		}
	}
	return s
}

func main() {
	fmt.Println(sum(12000))
}
