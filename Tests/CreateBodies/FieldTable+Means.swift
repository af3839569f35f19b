// The fields about networks and about the host's means.
extension FieldTable {
    // Whom it can reach, and who can reach it.
    static let networks: [FieldTable] = [
        FieldTable(
            "HostConfig.NetworkMode",
            [
                #""default""#, #""bridge""#, #""none""#, #""""#, #""atk-b-net""#,
                #""container:atk-b-n1""#,
            ], [#""host""#, #""container:""#, #""container:a/b""#, #""../x""#]),
        FieldTable(
            "HostConfig.PortBindings",
            [
                "null", "{}", #"{"80/tcp":[{"HostPort":"18080"}]}"#,
                #"{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":""}]}"#, #"{"53/udp":null}"#,
                #"{"80/tcp":[{"HostIp":"::","HostPort":"0"},{"HostPort":"20000-20010"}]}"#,
            ],
            [
                #"{"80/tcp":[{"HostPort":"80"}]}"#, #"{"22/tcp":[{"HostPort":"00022"}]}"#,
                #"{"80/tcp":[{"HostPort":"1000-2000"}]}"#, #"{"80/tcp":[{"HostPort":"18080/tcp"}]}"#,
                #"{"80/tcp":[{"HostIp":"10.1.2.3","HostPort":"18080"}]}"#,
                #"{"80/tcp":[{"HostPort":"70000"}]}"#, #"{"80/tcp":[{"HostPort":" 80"}]}"#,
            ]),
        FieldTable("HostConfig.PublishAllPorts", ["false", "null"], ["true"]),
        FieldTable(
            "HostConfig.Links",
            [
                "null", "[]", #"["atk-proj_db_1:db","atk-proj_db_1"]"#,
                #"["/atk-proj_db_1:/x/db"]"#,
            ],
            [#"[":db"]"#]),
        FieldTable(
            "HostConfig.ExtraHosts", ["null", "[]", #"["db:10.0.0.5"]"#, #"["six:2001:db8::1"]"#],
            [
                #"["h:host-gateway"]"#, #"["l:127.0.0.1"]"#, #"["l:::1"]"#,
                #"["m:169.254.169.254"]"#, #"["m: 169.254.169.254"]"#, #"["l:::ffff:127.0.0.1"]"#,
                #"["l:::ffff:7f00:1"]"#, #"["l:0::1"]"#, #"["l:fe90::1"]"#, #"["z:0.0.0.0"]"#,
            ]),
        FieldTable(
            "HostConfig.Dns", ["null", "[]", #"["9.9.9.9"]"#],
            [
                #"["127.0.0.53"]"#, #"["169.254.169.253"]"#, #"["::1"]"#, #"[" 127.0.0.1"]"#,
                #"["fe80::1"]"#, #"["::ffff:7f00:35"]"#,
            ]),
        FieldTable(
            "HostConfig.DnsSearch", ["null", "[]", #"["example.com"]"#, #"["."]"#],
            [#"["a\nnameserver 127.0.0.1"]"#]),
        FieldTable(
            "HostConfig.DnsOptions", ["null", "[]", #"["ndots:2"]"#],
            [#"["ndots:1\nnameserver 169.254.169.253"]"#]),
        FieldTable(
            "NetworkingConfig",
            ["null", "{}", #"{"EndpointsConfig":{}}"#, #"{"EndpointsConfig":null}"#]),
        FieldTable(
            "NetworkingConfig.EndpointsConfig",
            [
                #"{"atk-b-net":{"Aliases":["a","b"]}}"#, #"{"atk-b-net":{}}"#,
                #"{"bridge":{"IPAMConfig":{}}}"#,
                #"{"atk-b-net":{"IPAMConfig":{"IPv4Address":"172.20.0.9","LinkLocalIPs":[]}}}"#,
                #"{"atk-b-net":{"EndpointID":"e","Gateway":"1.2.3.4","IPPrefixLen":16}}"#,
                #"{"atk-b-net":{"NetworkID":"atk-b-net","Links":["atk-b-n1:n"]}}"#,
                #"{"atk-b-net":null}"#,
            ],
            [
                #"{"host":{}}"#, #"{"atk-b-net":{"MacAddress":"02:42:ac:11:00:09"}}"#,
                #"{"atk-b-net":{"DriverOpts":{"com.docker.network.endpoint.x":"1"}}}"#,
                #"{"../x":{}}"#, #"{"atk-b-net":{"NetworkID":"a/b"}}"#,
                #"{"container:atk-b-n1":{}}"#, #"{"atk-b-net":{"Links":["/x:y"]}}"#,
            ]),
    ]

    // How much of the host it takes.
    static let resources: [FieldTable] = [
        FieldTable("HostConfig.Memory", ["0", "67108864"]),
        FieldTable("HostConfig.MemorySwap", ["0", "-1"]),
        FieldTable("HostConfig.MemoryReservation", ["0", "16777216"]),
        FieldTable("HostConfig.MemorySwappiness", ["null", "10"]),
        FieldTable("HostConfig.NanoCpus", ["0", "500000000"]),
        FieldTable("HostConfig.CpuShares", ["0", "512"]),
        FieldTable("HostConfig.CpuPeriod", ["0", "100000"]),
        FieldTable("HostConfig.CpuQuota", ["0", "50000"]),
        FieldTable("HostConfig.CpuCount", ["0"]), FieldTable("HostConfig.CpuPercent", ["0", "5"]),
        FieldTable("HostConfig.CpuRealtimePeriod", ["0"], ["1000000"]),
        FieldTable("HostConfig.CpuRealtimeRuntime", ["0"], ["950000"]),
        FieldTable("HostConfig.CpusetCpus", [#""""#], [#""0""#]),
        FieldTable("HostConfig.CpusetMems", [#""""#], [#""0""#]),
        FieldTable("HostConfig.KernelMemory", ["0"]),
        FieldTable("HostConfig.KernelMemoryTCP", ["0"]),
        FieldTable("HostConfig.DiskQuota", ["0", "5"]),
        FieldTable("HostConfig.IOMaximumIOps", ["0"]),
        FieldTable("HostConfig.IOMaximumBandwidth", ["0"]),
        FieldTable("HostConfig.OomKillDisable", ["false", "null"], ["true"]),
        FieldTable("HostConfig.PidsLimit", ["0", "-1", "100", "null"], ["100000"]),
        FieldTable("HostConfig.BlkioWeight", ["0", "500", "70000"]),
        FieldTable(
            "HostConfig.BlkioWeightDevice", ["null", "[]"], [#"[{"Path":"/dev/sda","Weight":10}]"#]),
        FieldTable(
            "HostConfig.BlkioDeviceReadBps", ["null", "[]"], [#"[{"Path":"/dev/sda","Rate":1}]"#]),
        FieldTable(
            "HostConfig.BlkioDeviceWriteBps", ["null", "[]"], [#"[{"Path":"/dev/sda","Rate":1}]"#]),
        FieldTable(
            "HostConfig.BlkioDeviceReadIOps", ["null", "[]"], [#"[{"Path":"/dev/sda","Rate":1}]"#]),
        FieldTable(
            "HostConfig.BlkioDeviceWriteIOps", ["null", "[]"], [#"[{"Path":"/dev/sda","Rate":1}]"#]),
        FieldTable(
            "HostConfig.Devices", ["null", "[]"],
            [
                #"[{"PathOnHost":"/dev/sda","PathInContainer":"/x","CgroupPermissions":"rwm"}]"#,
                "[{}]",
            ]),
        FieldTable("HostConfig.DeviceCgroupRules", ["null", "[]"], [#"["a *:* rwm"]"#]),
        FieldTable(
            "HostConfig.DeviceRequests", ["null", "[]"],
            [
                #"[{"Count":-1,"Capabilities":[["gpu"]]}]"#,
                #"[{"Driver":"cdi","DeviceIDs":["vendor.com/device=x"]}]"#,
            ]),
        FieldTable(
            "HostConfig.Ulimits",
            ["null", "[]", #"[{"Name":"nofile","Soft":1024,"Hard":2048}]"#],
            [
                #"[{"Name":"nofile","Soft":1024,"Hard":99999999}]"#,
                #"[{"Name":"memlock","Soft":-1,"Hard":-1}]"#, #"[{"Name":"rttime","Hard":1}]"#,
            ]),
        FieldTable("Memory", ["0", "null"], ["67108864"]),
        FieldTable("MemorySwap", ["0"], ["-1"]), FieldTable("CpuShares", ["0"], ["1024"]),
        FieldTable("Cpuset", [#""""#], [#""0""#]),
        FieldTable("VolumeDriver", [#""""#], [#""sshfs""#]),
        FieldTable("Privileged", [], ["true", "false", "null"]),
        FieldTable("Binds", [], [#"["/:/host"]"#]), FieldTable("CpusetCpus", [], [#""0""#]),
    ]
}
