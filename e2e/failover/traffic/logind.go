package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// logind is a system bus on which systemd-logind alone is to be met, for one client: the kubelet, which delays a shutdown
// and wants to be told of it. It says `watched` when the kubelet waits for that, and `released` when it has let the
// shutdown go on. A line on standard input begins the shutdown.
// https://dbus.freedesktop.org/doc/dbus-specification.html, little-endian only.
func logind(socket string) error {
	if err := os.MkdirAll(filepath.Dir(socket), 0o755); err != nil {
		return err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return err
	}
	client, err := listener.AcceptUnix()
	if err != nil {
		return err
	}
	reader := bufio.NewReader(client)
	if err := authenticate(reader, client); err != nil {
		return err
	}
	go func() {
		bufio.NewScanner(os.Stdin).Scan()
		body := binary.LittleEndian.AppendUint32(nil, 1)
		_, _ = client.Write(message(busSignal, 0, "b", body, 0))
	}()
	for {
		serial, member, err := readCall(reader)
		if err != nil {
			return err
		}
		if err := answer(client, serial, member); err != nil {
			return err
		}
	}
}

func authenticate(reader *bufio.Reader, client io.Writer) error {
	if _, err := reader.ReadByte(); err != nil { // a zero, for credentials that nobody asks for here
		return err
	}
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return err
		}
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			return errors.New("an empty line in place of a word of authentication")
		case words[0] == "BEGIN":
			return nil
		case words[0] == "NEGOTIATE_UNIX_FD":
			fmt.Fprint(client, "AGREE_UNIX_FD\r\n")
		case len(words) > 1 && words[1] == "EXTERNAL":
			fmt.Fprint(client, "OK 0123456789abcdef0123456789abcdef\r\n")
		default:
			fmt.Fprint(client, "REJECTED EXTERNAL\r\n")
		}
	}
}

func answer(client *net.UnixConn, serial uint32, member string) error {
	var err error
	switch member {
	case "Hello":
		_, err = client.Write(message(busReturn, serial, "s", text(nil, ":1.1"), 0))
	case "Get": // InhibitDelayMaxUSec: longer than any grace period here, or the kubelet would configure it
		variant := append([]byte{1, 't', 0}, make([]byte, 5)...)
		_, err = client.Write(message(busReturn, serial, "v", binary.LittleEndian.AppendUint64(variant, 600_000_000), 0))
	case "Inhibit":
		err = inhibit(client, serial)
	case "AddMatch":
		_, err = client.Write(message(busReturn, serial, "", nil, 0))
		fmt.Println("watched")
	default:
		err = fmt.Errorf("nobody here knows %s", member)
	}
	return err
}

// inhibit hands out a lock: the write end of a pipe, which ends when its owner lets go of it.
func inhibit(client *net.UnixConn, serial uint32) error {
	lock, owned, err := os.Pipe()
	if err != nil {
		return err
	}
	defer owned.Close()
	go func() {
		_, _ = io.Copy(io.Discard, lock)
		fmt.Println("released")
	}()
	packet := message(busReturn, serial, "h", binary.LittleEndian.AppendUint32(nil, 0), 1)
	_, _, err = client.WriteMsgUnix(packet, syscall.UnixRights(int(owned.Fd())), nil)
	return err
}

const (
	busReturn byte = 2
	busSignal byte = 4
)

var lastSerial uint32

// message is a reply to the call with this serial, or the signal PrepareForShutdown.
func message(kind byte, replyTo uint32, signature string, body []byte, descriptors uint32) []byte {
	lastSerial++
	var fields []byte
	field := func(code byte, of string, value func([]byte) []byte) {
		fields = append(align(fields, 8), code, byte(len(of)))
		fields = value(append(append(fields, of...), 0))
	}
	number := func(value uint32) func([]byte) []byte {
		return func(to []byte) []byte { return binary.LittleEndian.AppendUint32(align(to, 4), value) }
	}
	word := func(value string) func([]byte) []byte {
		return func(to []byte) []byte { return text(to, value) }
	}
	if kind == busSignal {
		field(1, "o", word("/org/freedesktop/login1"))
		field(2, "s", word("org.freedesktop.login1.Manager"))
		field(3, "s", word("PrepareForShutdown"))
	} else {
		field(5, "u", number(replyTo))
	}
	field(7, "s", word("org.freedesktop.login1"))
	if signature != "" {
		field(8, "g", func(to []byte) []byte { return append(append(append(to, byte(len(signature))), signature...), 0) })
	}
	if descriptors > 0 {
		field(9, "u", number(descriptors))
	}
	header := []byte{'l', kind, 0, 1}
	header = binary.LittleEndian.AppendUint32(header, uint32(len(body)))
	header = binary.LittleEndian.AppendUint32(header, lastSerial)
	header = binary.LittleEndian.AppendUint32(header, uint32(len(fields)))
	return append(align(append(header, fields...), 8), body...)
}

func text(to []byte, value string) []byte {
	to = binary.LittleEndian.AppendUint32(align(to, 4), uint32(len(value)))
	return append(append(to, value...), 0)
}

func align(data []byte, to int) []byte {
	for len(data)%to != 0 {
		data = append(data, 0)
	}
	return data
}

// readCall resolves with the number of the next call, and the method that it is for.
func readCall(reader io.Reader) (serial uint32, member string, err error) {
	start := make([]byte, 16)
	if _, err = io.ReadFull(reader, start); err != nil {
		return
	}
	length := func(at int) int { return int(binary.LittleEndian.Uint32(start[at:])) }
	rest := make([]byte, (length(12)+7)/8*8+length(4))
	if _, err = io.ReadFull(reader, rest); err != nil {
		return
	}
	fields := rest[:length(12)]
	for at := 0; at+8 <= len(fields); {
		code, kind := fields[at], fields[at+2]
		at += 4
		switch kind {
		case 'u':
			at += 4
		case 'g':
			at += int(fields[at]) + 2
		default:
			size := int(binary.LittleEndian.Uint32(fields[at:]))
			if code == 3 {
				member = string(fields[at+4 : at+4+size])
			}
			at += size + 5
		}
		at = (at + 7) / 8 * 8
	}
	return binary.LittleEndian.Uint32(start[8:]), member, nil
}
