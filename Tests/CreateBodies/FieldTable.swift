/// A place in a create body, with values that can be written there.
struct FieldTable: Sendable {
    /// The field's path.
    let path: [String]
    /// Values, as JSON, of which a level like baseline thinks nothing.
    let harmless: [String]
    /// Values that reach for the host, for others or for too much.
    let harmful: [String]

    init(_ path: String, _ harmless: [String], _ harmful: [String] = []) {
        self.path = path.split(separator: ".").map(String.init)
        self.harmless = harmless
        self.harmful = harmful
    }

    /// Every field.
    static let all = config + host + mounts + networks + resources

    /// Fields that have a harmful value.
    static let dangerous = all.filter { !$0.harmful.isEmpty }

    private static let booleans = ["true", "false", "null"]

    // What a container runs.
    private static let config: [FieldTable] = [
        FieldTable("Hostname", [#""web""#, #""""#, #""a.b""#]),
        FieldTable("Domainname", [#""example.com""#]),
        FieldTable("User", [#""1000:1000""#, #""root""#, #""nobody""#]),
        FieldTable("AttachStdin", booleans), FieldTable("AttachStdout", booleans),
        FieldTable("AttachStderr", booleans), FieldTable("Tty", booleans),
        FieldTable("OpenStdin", booleans), FieldTable("StdinOnce", booleans),
        FieldTable("NetworkDisabled", ["false", "true"]), FieldTable("ArgsEscaped", booleans),
        FieldTable("ExposedPorts", [#"{"80/tcp":{},"53/udp":{}}"#, "{}", #"{"80/tcp":null}"#]),
        FieldTable(
            "Env",
            [
                #"["A=1","B=two"]"#, "[]", "null", #"["G=gr\u00fc\u00df","X"]"#,
                #"["PATH=/usr/bin:/bin"]"#, #"["M=line\nline"]"#,
            ]),
        FieldTable(
            "Cmd",
            [
                #"["sleep","10"]"#, #""true""#, "[]", "null", #"["sh","-c","echo \u212a \u017f"]"#,
                #"["echo","Privileged:true"]"#,
            ]),
        FieldTable("Entrypoint", [#"["/bin/sh"]"#, #""sh""#, "[]", "null", #"[""]"#]),
        FieldTable("Shell", [#"["/bin/sh","-c"]"#, #""/bin/sh""#]),
        FieldTable("OnBuild", ["null", "[]", #"["RUN true"]"#]),
        FieldTable(
            "Healthcheck",
            [
                #"{"Test":["CMD","true"],"Interval":1000000,"Retries":3}"#, "{}", "null",
                #"{"Test":["NONE"]}"#, #"{"Interval":2000000000,"Timeout":1000000000}"#,
                #"{"StartPeriod":5000000000,"StartInterval":1000000}"#,
            ]),
        FieldTable("Image", [#""bb:1""#, #""docker.io/library/bb:1""#]),
        FieldTable(
            "Volumes", [#"{"/data":{}}"#, "{}", "null", #"{"/a":null,"/b":{}}"#],
            [#"{"/host:/x":{}}"#, #"{"data":{}}"#]),
        FieldTable("WorkingDir", [#""/tmp""#, #""""#, #""/a/../b""#]),
        FieldTable("MacAddress", [#""""#], [#""02:42:ac:11:00:02""#]),
        FieldTable(
            "Labels",
            [
                #"{"app":"demo"}"#, "{}", "null", #"{"a":null}"#,
                #"{"quaymaster.tenant":"blue","QuayMaster.identity":"root","x":"y"}"#,
                #"{"com.docker.compose.project":"p","Privileged":"true"}"#,
                #"{"\u0441\u043b":"\u212a"}"#,
            ]),
        FieldTable("StopSignal", [#""SIGTERM""#, #""9""#, #""""#]),
        FieldTable("StopTimeout", ["0", "10", "null"], ["-1", "86400"]),
    ]

    // What it asks of its host.
    private static let host: [FieldTable] = [
        FieldTable("HostConfig.Privileged", ["false", "null"], ["true"]),
        FieldTable(
            "HostConfig.CapAdd", ["null", "[]", #"["NET_RAW","cap_kill"]"#, #""CHOWN""#],
            [
                #"["ALL"]"#, #"["all"]"#, #""SYS_ADMIN""#, #"["cap_Sys_Admin"]"#,
                #"["CHOWN","NET_ADMIN"]"#, #"["SYS_PTRACE"]"#, #"[" ALL"]"#,
            ]),
        FieldTable("HostConfig.CapDrop", [#"["ALL"]"#, #""net_raw""#, "null", "[]"]),
        FieldTable("HostConfig.Capabilities", ["null", "[]"], [#"["CAP_SYS_ADMIN"]"#]),
        FieldTable(
            "HostConfig.PidMode", [#""""#, #""container:atk-b-n1""#],
            [#""host""#, #""container:""#, #""container:/atk-b-n1""#, #""hosT""#]),
        FieldTable(
            "HostConfig.IpcMode", [#""""#, #""private""#, #""none""#, #""container:atk-b-v4""#],
            [#""host""#, #""shareable""#]),
        FieldTable("HostConfig.UTSMode", [#""""#], [#""host""#]),
        FieldTable("HostConfig.UsernsMode", [#""""#], [#""host""#]),
        FieldTable("HostConfig.CgroupnsMode", [#""""#, #""private""#], [#""host""#]),
        FieldTable("HostConfig.Cgroup", [#""""#], [#""container:atk-b-n1""#, #""/""#]),
        FieldTable(
            "HostConfig.CgroupParent", [#""""#, #""/quaymaster/local""#],
            [#""/""#, #""/quaymaster""#, #""/quaymaster/other""#, #""/quaymaster/local/../x""#]),
        FieldTable(
            "HostConfig.SecurityOpt",
            ["null", "[]", #"["no-new-privileges"]"#, #"["no-new-privileges:true"]"#],
            [
                #"["seccomp=unconfined"]"#, #"["seccomp:unconfined"]"#, #"["label=disable"]"#,
                #"["apparmor=unconfined","no-new-privileges"]"#, #"["systempaths=unconfined"]"#,
                #"["no-new-privileges=false"]"#, #"["writable-cgroups=true"]"#,
                #"["seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"]"#,
            ]),
        FieldTable(
            "HostConfig.MaskedPaths", ["null", masked(asound: true, more: "")],
            [
                "[]", #"["/proc/kcore"]"#, masked(asound: false, more: #","/srv""#),
                masked(asound: false, more: ""),
            ]),
        FieldTable(
            "HostConfig.ReadonlyPaths", ["null", readOnly(more: ""), readOnly(more: #","/srv""#)],
            ["[]", #"["/proc/bus"]"#]),
        FieldTable(
            "HostConfig.Sysctls",
            [
                "null", "{}", #"{"net.ipv4.ip_unprivileged_port_start":"0"}"#,
                #"{"net/core/somaxconn":"512"}"#,
            ],
            [
                #"{"kernel.msgmax":"65536"}"#, #"{"net.ipv4.ip_forward":"1"}"#,
                #"{"kernel/shm_rmid_forced":"1"}"#, #"{"net.core.somaxconn":""}"#,
            ]),
        FieldTable(
            "HostConfig.Runtime", [#""""#, #""runc""#, "null"],
            [#""io.containerd.runc.v1""#, #""runsc""#, #""/tmp/evil""#]),
        FieldTable("HostConfig.GroupAdd", ["null", "[]"], [#"["docker"]"#, #"["0"]"#]),
        FieldTable("HostConfig.OomScoreAdj", ["0", "100"], ["-1000"]),
        FieldTable("HostConfig.ShmSize", ["0", "67108864"], ["2147483648", "-1"]),
        FieldTable("HostConfig.AutoRemove", booleans),
        FieldTable("HostConfig.ReadonlyRootfs", booleans), FieldTable("HostConfig.Init", booleans),
        FieldTable("HostConfig.ConsoleSize", ["[0,0]", "[24,80]", "[1,2,3]", "[]", "null"]),
        FieldTable("HostConfig.Isolation", [#""""#, #""default""#], [#""hyperv""#, #""process""#]),
        FieldTable("HostConfig.ContainerIDFile", [#""""#], [#""/tmp/cid""#]),
        FieldTable("HostConfig.StorageOpt", ["null", "{}"], [#"{"size":"1000G"}"#]),
        FieldTable("HostConfig.Annotations", ["null", "{}"], [#"{"org.example.hook":"1"}"#]),
        FieldTable(
            "HostConfig.RestartPolicy",
            [
                #"{"Name":"always"}"#, #"{"Name":"on-failure","MaximumRetryCount":3}"#, "{}",
                #"{"Name":"","MaximumRetryCount":0}"#, #"{"Name":"no"}"#,
                #"{"Name":"unless-stopped"}"#,
            ], [#"{"Name":"Always"}"#]),
        FieldTable(
            "HostConfig.LogConfig",
            [
                #"{"Type":"","Config":{}}"#, #"{"Type":"json-file","Config":{"max-size":"1m"}}"#,
                #"{"Type":"local"}"#, #"{"Type":"local","Config":{"max-size":"-1","compress":"true"}}"#,
                "{}", #"{"Type":"json-file","Config":{"tag":"{{.Name}}","labels":"a,b"}}"#,
                #"{"Config":null}"#,
            ],
            [
                #"{"Type":"syslog","Config":{"syslog-address":"tcp://127.0.0.1:514"}}"#,
                #"{"Type":"gelf"}"#, #"{"Type":"journald"}"#, #"{"Type":"none"}"#,
                #"{"Type":"json-file","Config":{"max-file":"100000"}}"#,
                #"{"Type":"json-file","Config":{"max-size":"1k"}}"#,
                #"{"Type":"json-file","Config":{"tag":"{{pad .ID 2000000000 0}}"}}"#,
            ]),
    ]

    // Where its files come from.
    private static let mounts: [FieldTable] = [
        FieldTable(
            "HostConfig.Binds",
            [
                "null", "[]", #"["atk-b-vol:/data"]"#, #"["atk-b-vol:/data:ro","/anonymous"]"#,
                #"["v2:/x:nocopy"]"#, #"["v.3_a-b:/deep/er:rw"]"#, #"["v2:/dev/shm:z"]"#,
            ],
            [
                #"["/:/host"]"#, #"["/var/run/docker.sock:/s:ro"]"#, #"["//etc:/x"]"#,
                #"["atk-b-vol:/proc/x"]"#, #"["../x:/y"]"#, #"["atk-b-vol:/data","/etc:/e"]"#,
                #"["v:/d:rshared"]"#, #"["a:b"]"#, #"["\\\\:/x"]"#,
            ]),
        FieldTable(
            "HostConfig.Mounts",
            [
                "null", "[]", #"[{"Type":"volume","Source":"atk-b-vol","Target":"/data"}]"#,
                #"[{"Type":"volume","Target":"/anon"}]"#,
                #"[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1048576,"Mode":1023}}]"#,
                #"[{"Type":"volume","Source":"v","Target":"/v","ReadOnly":true,"#
                    + #""VolumeOptions":{"NoCopy":true,"Labels":{"quaymaster.tenant":"x","l":"1"},"#
                    + #""DriverConfig":{"Name":"local"}}}]"#,
                #"[{"Type":"tmpfs","Target":"/t"},{"Type":"volume","Source":"w","Target":"/w"}]"#,
            ],
            [
                #"[{"Type":"bind","Source":"/","Target":"/host"}]"#,
                #"[{"Type":"bind","Source":"/etc","Target":"/e","ReadOnly":true,"#
                    + #""BindOptions":{"Propagation":"rshared"}}]"#,
                #"[{"Type":"volume","Target":"/v","VolumeOptions":{"DriverConfig":{"Name":"local","#
                    + #""Options":{"type":"none","o":"bind","device":"/"}}}}]"#,
                #"[{"Type":"volume","Source":"v","Target":"/v","#
                    + #""VolumeOptions":{"DriverConfig":{"Name":"sshfs"}}}]"#,
                #"[{"Type":"npipe","Source":"x","Target":"/y"}]"#,
                #"[{"Type":"image","Source":"bb:1","Target":"/i"}]"#,
                #"[{"Type":"cluster","Source":"c","Target":"/c"}]"#,
                #"[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"Mode":3584}}]"#,
                #"[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":-1}}]"#,
                #"[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":99999999999}}]"#,
                #"[{"Type":"Bind","Source":"/","Target":"/host"}]"#, #"[{"Target":"/x"}]"#,
            ]),
        FieldTable(
            "HostConfig.Tmpfs",
            [
                "null", "{}", #"{"/tmp":"size=16m"}"#, #"{"/run":""}"#,
                #"{"/t":"rw,noexec,nosuid,nodev,size=64k,mode=1777,uid=1000"}"#,
            ],
            [
                #"{"/t":"exec"}"#, #"{"/t":"suid,dev"}"#, #"{"/t":"size=100g"}"#,
                #"{"/t":"size=0"}"#, #"{"/t":"mode=4755"}"#, #"{"t":"size=1m"}"#,
                #"{"/t":"nr_inodes=0"}"#,
            ]),
        FieldTable(
            "HostConfig.VolumesFrom",
            ["null", "[]", #"["atk-b-v4"]"#, #"["atk-b-v4:ro","atk-b-n1:rw"]"#],
            [#"["/atk-b-v4"]"#, #"["a/b"]"#, #"[":ro"]"#]),
        FieldTable("HostConfig.VolumeDriver", [#""""#, #""local""#], [#""sshfs""#, #""Local""#]),
    ]

    /// The list of masked paths that an inspect shows, with or without the one that came last.
    private static func masked(asound: Bool, more: String) -> String {
        "[" + (asound ? #""/proc/asound","# : "")
            + #""/proc/acpi","/proc/kcore","/proc/keys","/proc/latency_stats","/proc/timer_list","#
            + #""/proc/timer_stats","/proc/sched_debug","/proc/scsi","/sys/firmware""# + more + "]"
    }

    private static func readOnly(more: String) -> String {
        #"["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger""# + more + "]"
    }
}
