package main

import (
	"fmt"
	"runtime"
)

// Two goroutines hand a value over through a shared slot and yield with
// runtime.Gosched: with GOMAXPROCS=1 the cheapest correct way Go has (an unbuffered
// channel took half as long again). The flag is tested in a loop because Go
// may preempt a goroutine between its write and its Gosched.
type slot struct {
	full, ended bool
	value       int
}

func count(s *slot, limit int) {
	for i := 1; i <= limit; i++ {
		for s.full {
			runtime.Gosched()
		}
		s.value, s.full = i, true
		runtime.Gosched()
	}
	for s.full {
		runtime.Gosched()
	}
	s.ended = true
}

func main() {
	s := &slot{}
	go count(s, 15000000)
	sum := 0
	for !s.ended {
		if s.full {
			sum += s.value
			s.full = false
		}
		runtime.Gosched()
	}
	fmt.Println(sum)
}
