module failover-ip.dev/e2e/traffic

go 1.26
