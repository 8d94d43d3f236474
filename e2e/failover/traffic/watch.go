package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	datagramEvery   = 2 * time.Millisecond
	connectionEvery = 50 * time.Millisecond
	connectionWait  = time.Second
)

// target is one address and port, and what was heard of it since the last `reset`. Times are milliseconds since 1970.
type target struct {
	name, address string
	lock          sync.Mutex
	sent          uint64
	// Numbers of the last datagram before the window, and of the latest that was answered.
	before, highest uint64
	answered        uint64
	// Who answered the last datagram, and when.
	by     string
	byLast time.Time
	seen   seen
	// How many times `reset` was said: what began before counts no more.
	window int
}

type seen struct {
	// The longest silence that has ended, or goes on.
	GapMs   float64 `json:"gapMs"`
	GapFrom float64 `json:"gapFrom"`
	// How many datagrams, and connections, each `NODE/POD` answered.
	Datagrams   map[string]int `json:"datagrams"`
	Connections map[string]int `json:"connections"`
	Failures    int            `json:"failures"`
}

type report struct {
	Name string `json:"name"`
	// `NODE/POD` of the last answer, and how long ago that was.
	By       string  `json:"by"`
	SilentMs float64 `json:"silentMs"`
	// Datagrams before the last one that was answered which were not.
	Lost int `json:"lost"`
	seen
}

// watch asks every target until standard input ends. Each line of it is answered by a line of JSON with a report for each
// target; the line `reset` begins a new window after it.
func watch(targets []string) error {
	var all []*target
	for _, each := range targets {
		name, address, found := strings.Cut(each, "=")
		if !found {
			return fmt.Errorf("%s is not NAME=ADDRESS:PORT", each)
		}
		one := &target{name: name, address: address, byLast: time.Now(), seen: nothing()}
		all = append(all, one)
		if err := one.askByDatagrams(); err != nil {
			return err
		}
		go one.askByConnections()
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var reports []report
		for _, each := range all {
			reports = append(reports, each.look(lines.Text() == "reset"))
		}
		if err := json.NewEncoder(os.Stdout).Encode(reports); err != nil {
			return err
		}
	}
	return lines.Err()
}

func nothing() seen { return seen{Datagrams: map[string]int{}, Connections: map[string]int{}} }

func (t *target) look(reset bool) report {
	t.lock.Lock()
	defer t.lock.Unlock()
	now := time.Now()
	told, lost := t.seen, int(t.highest-t.before-t.answered)
	told.notice(t.byLast, now)
	if reset {
		t.seen = nothing()
		t.window++
		t.before, t.highest, t.answered = t.sent, t.sent, 0
	} else { // the maps stay in use
		told.Datagrams, told.Connections = copyOf(told.Datagrams), copyOf(told.Connections)
	}
	return report{Name: t.name, By: t.by, SilentMs: milliseconds(now.Sub(t.byLast)), Lost: lost, seen: told}
}

func (s *seen) notice(from, to time.Time) {
	if gap := milliseconds(to.Sub(from)); gap > s.GapMs {
		s.GapMs, s.GapFrom = gap, float64(from.UnixMicro())/1000
	}
}

// askByDatagrams takes only answers from the very address that was asked: the socket is connected.
func (t *target) askByDatagrams() error {
	socket, err := net.Dial("udp", t.address)
	if err != nil {
		return err
	}
	go func() {
		for range time.Tick(datagramEvery) {
			_, _ = socket.Write(strconv.AppendUint(nil, t.next(), 10)) // refused or unreachable is one more silence
		}
	}()
	go func() {
		text := make([]byte, 512)
		for {
			length, err := socket.Read(text)
			if err != nil {
				continue
			}
			number, by, _ := strings.Cut(string(text[:length]), " ")
			t.hear(number, by)
		}
	}()
	return nil
}

func (t *target) next() uint64 {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.sent++
	return t.sent
}

func (t *target) hear(text, by string) {
	number, _ := strconv.ParseUint(text, 10, 64)
	now := time.Now()
	t.lock.Lock()
	defer t.lock.Unlock()
	t.seen.notice(t.byLast, now)
	t.seen.Datagrams[by]++
	t.by, t.byLast = by, now
	if number > t.before {
		t.answered++
		t.highest = max(t.highest, number)
	}
}

func (t *target) askByConnections() {
	for range time.Tick(connectionEvery) {
		go func() {
			window := t.currentWindow()
			by := t.connect()
			t.lock.Lock()
			defer t.lock.Unlock()
			switch {
			case t.window != window:
			case by == "":
				t.seen.Failures++
			default:
				t.seen.Connections[by]++
			}
		}()
	}
}

func (t *target) currentWindow() int {
	t.lock.Lock()
	defer t.lock.Unlock()
	return t.window
}

// connect resolves with who answered, “ when nobody did in time.
func (t *target) connect() string {
	connection, err := net.DialTimeout("tcp", t.address, connectionWait)
	if err != nil {
		return ""
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(connectionWait))
	fmt.Fprintln(connection, "who")
	answer, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return ""
	}
	by, _, _ := strings.Cut(answer, " ")
	return by
}

func copyOf(counts map[string]int) map[string]int {
	copied := make(map[string]int, len(counts))
	for key, value := range counts {
		copied[key] = value
	}
	return copied
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
