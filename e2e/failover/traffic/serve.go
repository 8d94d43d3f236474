package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

const connectionDeadline = 5 * time.Second

// serve answers a datagram with its own text and this pod's name, from the very address that it was sent to, and the
// first line of each connection with this pod's name and whom it heard.
func serve(port string) error {
	self := os.Getenv("NODE_NAME") + "/" + os.Getenv("POD_NAME")
	ended := make(chan error)
	for _, network := range []string{"udp4", "udp6"} {
		address, err := net.ResolveUDPAddr(network, ":"+port)
		if err != nil {
			return err
		}
		socket, err := net.ListenUDP(network, address)
		if err != nil {
			return err
		}
		if err := tellDestinations(socket, network); err != nil {
			return err
		}
		go func() { ended <- echo(socket, self) }()
	}
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		return err
	}
	go func() { ended <- greet(listener, self) }()
	return <-ended
}

func tellDestinations(socket *net.UDPConn, network string) error {
	raw, err := socket.SyscallConn()
	if err != nil {
		return err
	}
	level, option := syscall.IPPROTO_IP, syscall.IP_PKTINFO
	if network == "udp6" {
		level, option = syscall.IPPROTO_IPV6, syscall.IPV6_RECVPKTINFO
	}
	refused := raw.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), level, option, 1) })
	if refused != nil {
		return refused
	}
	return err
}

// echo hands the kernel's note about the destination back with the answer, which makes it the answer's source.
func echo(socket *net.UDPConn, self string) error {
	text, note := make([]byte, 512), make([]byte, 128)
	for {
		length, noteLength, _, from, err := socket.ReadMsgUDPAddrPort(text, note)
		if err != nil {
			return err
		}
		answer := fmt.Appendf(text[:length:length], " %s", self)
		// Whoever asked may be out of reach by now, which is no reason to end.
		_, _, _ = socket.WriteMsgUDPAddrPort(answer, withoutInterface(note[:noteLength]), from)
	}
}

// withoutInterface lets routing choose the way back: the packet may have come in by an interface that is none.
func withoutInterface(note []byte) []byte {
	const header = syscall.SizeofCmsghdr
	switch len(note) {
	case syscall.CmsgSpace(syscall.SizeofInet4Pktinfo):
		clear(note[header : header+4])
	case syscall.CmsgSpace(syscall.SizeofInet6Pktinfo):
		clear(note[header+16 : header+20])
	}
	return note
}

func greet(listener net.Listener, self string) error {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer connection.Close()
			_ = connection.SetDeadline(time.Now().Add(connectionDeadline))
			if _, err := bufio.NewReader(connection).ReadString('\n'); err == nil {
				fmt.Fprintf(connection, "%s %s\n", self, connection.RemoteAddr())
			}
		}()
	}
}
