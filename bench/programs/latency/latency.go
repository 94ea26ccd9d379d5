package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

// A cell for each ten nanoseconds; the last one holds what took longer.
type distribution struct {
	cells []int
	total int
}

func newDistribution() *distribution { return &distribution{cells: make([]int, 100001)} }

func (d *distribution) note(elapsed time.Duration) {
	place := int(elapsed.Nanoseconds() / 10)
	if place > 100000 {
		place = 100000
	}
	d.cells[place]++
	d.total++
}

func (d *distribution) quantile(permille int) int {
	wanted, count := d.total*permille/1000, 0
	for place, n := range d.cells {
		count += n
		if count >= wanted {
			return (place + 1) * 10
		}
	}
	return -1
}

func (d *distribution) report(name string) {
	fmt.Println(name, d.quantile(500), d.quantile(990), d.quantile(999))
}

// Whoever stops notes the time first, so that the next one knows how long the switch took.
var yielded time.Time

func rotate(switches *distribution, times int, done *sync.WaitGroup) {
	for i := 1; i <= times; i++ {
		yielded = time.Now()
		runtime.Gosched()
		switches.note(time.Since(yielded))
	}
	yielded = time.Now()
	done.Done()
}

func create(creations *distribution, times int, done *sync.WaitGroup) {
	for i := 1; i <= times; i++ {
		start := time.Now()
		ready := make(chan int, 1)
		go func(n int) {
			ready <- n
			yielded = time.Now()
		}(i)
		creations.note(time.Since(start))
		if i%1000 == 0 {
			yielded = time.Now()
			<-ready
		}
	}
	yielded = time.Now()
	done.Done()
}

func main() {
	switches, creations := newDistribution(), newDistribution()
	var done sync.WaitGroup
	done.Add(50001)
	for i := 1; i <= 50000; i++ {
		go rotate(switches, 40, &done)
	}
	go create(creations, 30000, &done)
	done.Wait()
	switches.report("switch")
	creations.report("create")
}
