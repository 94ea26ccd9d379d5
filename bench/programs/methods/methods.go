package main

import "fmt"

type random struct{ state int }

func (r *random) next() int {
	r.state = (r.state*3877 + 29573) % 139968
	return r.state
}

type statistics struct{ count, sum, greatest int }

func (s *statistics) record(value int) {
	s.count++
	s.sum += value
	if s.greater(value) {
		s.greatest = value
	}
}

func (s *statistics) greater(value int) bool { return value > s.greatest }

func (s *statistics) mean() int { return s.sum / s.count }

type sample struct {
	source *random
	result *statistics
}

func (s *sample) step() { s.result.record(s.source.next()) }

func main() {
	s := &sample{&random{42}, &statistics{}}
	for i := 1; i <= 5000000; i++ {
		s.step()
	}
	r := s.result
	fmt.Println(r.count, r.sum, r.greatest, r.mean())
}
