// Command traffic is both ends of what the end-to-end suites send, and what stands beside them:
//
//	traffic serve PORT                           answers datagrams and connections, saying which node and pod it is
//	traffic watch NAME=ADDRESS:PORT ...          asks without pause, and says on request who answered and how long nobody did
//	traffic metadata ADDRESS NODE=ANSWER ...     a metadata service that answers whoever asks from this address with this text
//	traffic logind SOCKET                        a system bus with systemd-logind on it, which shuts the machine down when asked to
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "serve":
			fail(serve(os.Args[2]))
		case "watch":
			fail(watch(os.Args[2:]))
		case "metadata":
			fail(metadata(os.Args[2], os.Args[3:]))
		case "logind":
			fail(logind(os.Args[2]))
		}
	}
	fail(fmt.Errorf("usage: traffic serve PORT | traffic watch NAME=ADDRESS:PORT ... | traffic metadata ADDRESS NODE=ANSWER ... | traffic logind SOCKET"))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
