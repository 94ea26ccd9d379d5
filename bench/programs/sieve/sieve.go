package main

import "fmt"

func sieve(flags []bool, n int) int {
	count := 0
	for i := 2; i <= n; i++ {
		flags[i] = true
	}
	for i := 2; i <= n; i++ {
		if flags[i] {
			count++
			for k := i * i; k <= n; k += i {
				flags[k] = false
			}
		}
	}
	return count
}

func main() {
	const limit = 1000000
	var flags []bool
	for i := 0; i <= limit; i++ {
		flags = append(flags, false)
	}
	total := 0
	for round := 1; round <= 15; round++ {
		total += sieve(flags, limit)
	}
	fmt.Println(total)
}
