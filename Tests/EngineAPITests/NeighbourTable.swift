// A table may be long.

extension NeighbourTests {
    /// What containers ask of their host and services too.
    static let shared: [Row] = [
        Row(
            "level.host-network",
            host("NetworkMode", #""NetworkMode":"bridge""#, #""NetworkMode":"host""#),
            config(
                "NetworkingConfig.EndpointsConfig", #""NetworkingConfig":{"EndpointsConfig":{"hosts":{}}}"#,
                #""NetworkingConfig":{"EndpointsConfig":{"host":{}}}"#),
            task(
                "Networks[0].Target",
                #""Networks":[{"Target":"bridge"}]"#,
                #""Networks":[{"Target":"host"}]"#),
            service(
                "Networks[1].Target", #""Networks":[{"Target":"n"},{"Target":"hosts"}]"#,
                #""Networks":[{"Target":"n"},{"Target":"host"}]"#)),
        Row(
            "level.bind", host("Binds[0]", #""Binds":["v:/d"]"#, #""Binds":["/v:/d"]"#),
            host(
                "Mounts[0]", #""Mounts":[{"Type":"volume","Source":"v","Target":"/d"}]"#,
                #""Mounts":[{"Type":"bind","Source":"/v","Target":"/d"}]"#),
            spec(
                "Mounts[0]", #""Mounts":[{"Type":"volume","Source":"v","Target":"/d"}]"#,
                #""Mounts":[{"Type":"bind","Source":"/v","Target":"/d"}]"#)),
        Row(
            "level.capability", host("CapAdd", #""CapAdd":["CHOWN"]"#, #""CapAdd":["cap_chroot"]"#),
            spec("CapabilityAdd", #""CapabilityAdd":["CHOWN"]"#, #""CapabilityAdd":["cap_chroot"]"#)),
        Row(
            "level.device",
            host("DeviceRequests", #""DeviceRequests":[]"#, #""DeviceRequests":[{"Driver":"gpu"}]"#),
            task(
                "Resources.Reservations.GenericResources",
                #""Resources":{"Reservations":{"GenericResources":[]}}"#,
                #""Resources":{"Reservations":{"GenericResources":[{"NamedResourceSpec":{"Kind":"gpu","Value":"u"}}]}}"#
            ),
            task(
                "Resources.Reservations.GenericResources",
                #""Resources":{"Reservations":{"NanoCPUs":1}}"#,
                #""Resources":{"Reservations":{"GenericResources":[{"DiscreteResourceSpec":{"Kind":"gpu","Value":1}}]}}"#
            )),
        Row(
            "level.security-option",
            host("SecurityOpt", #""SecurityOpt":["no-new-privileges"]"#, #""SecurityOpt":["seccomp=unconfined"]"#),
            spec(
                "Privileges.Seccomp.Mode", #""Privileges":{"NoNewPrivileges":true,"Seccomp":{"Mode":"default"}}"#,
                #""Privileges":{"NoNewPrivileges":true,"Seccomp":{"Mode":"unconfined"}}"#)),
        Row(
            "level.security-option",
            host("SecurityOpt", #""SecurityOpt":[]"#, #""SecurityOpt":["seccomp=e30="]"#),
            spec(
                "Privileges.Seccomp.Mode", #""Privileges":{"Seccomp":{"Mode":""}}"#,
                #""Privileges":{"Seccomp":{"Mode":"custom","Profile":"e30="}}"#),
            spec(
                "Privileges.Seccomp.Profile", #""Privileges":{"Seccomp":{"Profile":""}}"#,
                #""Privileges":{"Seccomp":{"Profile":"e30="}}"#)),
        Row(
            "level.security-option",
            host("SecurityOpt", #""SecurityOpt":[]"#, #""SecurityOpt":["apparmor=unconfined"]"#),
            spec(
                "Privileges.AppArmor.Mode", #""Privileges":{"AppArmor":{"Mode":"default"}}"#,
                #""Privileges":{"AppArmor":{"Mode":"disabled"}}"#)),
        Row(
            "level.security-option",
            host("SecurityOpt", #""SecurityOpt":[]"#, #""SecurityOpt":["label=disable"]"#),
            spec(
                "Privileges.SELinuxContext.Disable", #""Privileges":{"SELinuxContext":{"Disable":false}}"#,
                #""Privileges":{"SELinuxContext":{"Disable":true}}"#)),
        Row(
            "level.security-option",
            host("SecurityOpt", #""SecurityOpt":[]"#, #""SecurityOpt":["label=type:t"]"#),
            spec(
                "Privileges.SELinuxContext.Type", #""Privileges":{"SELinuxContext":{"Type":""}}"#,
                #""Privileges":{"SELinuxContext":{"Type":"t"}}"#)),
        Row(
            "level.security-option",
            host("SecurityOpt", #""SecurityOpt":[]"#, #""SecurityOpt":["credentialspec=file://c"]"#),
            spec(
                "Privileges.CredentialSpec.File", #""Privileges":{"CredentialSpec":{"File":""}}"#,
                #""Privileges":{"CredentialSpec":{"File":"c"}}"#)),
        Row(
            "level.sysctl", alike: "Sysctls", #""Sysctls":{"net.core.somaxconn":"9"}"#, #""Sysctls":{"net.core.wmem_max":"9"}"#),
        Row(
            "level.volume-driver", alike: "Mounts[0].VolumeOptions.DriverConfig",
            #""Mounts":[{"Type":"volume","Target":"/d","VolumeOptions":{"DriverConfig":{"Name":"local"}}}]"#,
            #""Mounts":[{"Type":"volume","Target":"/d","VolumeOptions":{"DriverConfig":{"Name":"nfs"}}}]"#),
        Row(
            "level.volume-driver", alike: "Mounts[0].VolumeOptions.DriverConfig",
            #""Mounts":[{"Type":"volume","Target":"/d","VolumeOptions":{"DriverConfig":{"Options":{}}}}]"#,
            #""Mounts":[{"Type":"volume","Target":"/d","VolumeOptions":{"DriverConfig":{"Options":{"o":"bind"}}}}]"#),
        Row(
            "level.mount-type", alike: "Mounts[0].Type", #""Mounts":[{"Type":"tmpfs","Target":"/d"}]"#,
            #""Mounts":[{"Type":"cluster","Source":"g","Target":"/d"}]"#),
        Row(
            "level.mount-type", alike: "Mounts[0].Type", #""Mounts":[{"Type":"volume","Target":"/d"}]"#,
            #""Mounts":[{"Type":"npipe","Source":"p","Target":"/d"}]"#),
        Row(
            "level.tmpfs", alike: "Mounts[0].TmpfsOptions",
            #""Mounts":[{"Type":"tmpfs","Target":"/d","TmpfsOptions":{"SizeBytes":1073741824}}]"#,
            #""Mounts":[{"Type":"tmpfs","Target":"/d","TmpfsOptions":{"SizeBytes":1073741825}}]"#),
        Row(
            "level.log-driver",
            host("LogConfig.Type", #""LogConfig":{"Type":"local"}"#, #""LogConfig":{"Type":"syslog"}"#),
            task(
                "LogDriver.Name", #""LogDriver":{"Name":"local"}"#,
                #""LogDriver":{"Name":"syslog"}"#)),
        Row(
            "level.log-driver",
            host(
                "LogConfig.Config", #""LogConfig":{"Config":{"max-size":"64k"}}"#,
                #""LogConfig":{"Config":{"max-size":"63k"}}"#),
            task(
                "LogDriver.Options",
                #""LogDriver":{"Options":{"max-size":"64k"}}"#,
                #""LogDriver":{"Options":{"max-size":"63k"}}"#)),
        Row(
            "level.log-driver",
            host(
                "LogConfig.Config", #""LogConfig":{"Config":{"max-size":"1g"}}"#,
                #""LogConfig":{"Config":{"max-size":"1025m"}}"#),
            task(
                "LogDriver.Options",
                #""LogDriver":{"Options":{"max-size":"1g"}}"#,
                #""LogDriver":{"Options":{"max-size":"1025m"}}"#)),
        Row(
            "level.pids", host("PidsLimit", #""PidsLimit":4096"#, #""PidsLimit":4097"#),
            task(
                "Resources.Limits.Pids", #""Resources":{"Limits":{"Pids":4096}}"#,
                #""Resources":{"Limits":{"Pids":4097}}"#)),
        Row(
            "level.group", host("GroupAdd", #""GroupAdd":[]"#, #""GroupAdd":["docker"]"#),
            spec("Groups", #""Groups":[]"#, #""Groups":["docker"]"#)),
        Row(
            "level.port",
            host(
                "PortBindings.80/tcp", #""PortBindings":{"80/tcp":[{"HostPort":"1024"}]}"#,
                #""PortBindings":{"80/tcp":[{"HostPort":"1023"}]}"#),
            service(
                "EndpointSpec.Ports[0].PublishedPort",
                #""EndpointSpec":{"Ports":[{"TargetPort":80,"PublishedPort":1024,"PublishMode":"host"}]}"#,
                #""EndpointSpec":{"Ports":[{"TargetPort":80,"PublishedPort":1023,"PublishMode":"host"}]}"#),
            service(
                "EndpointSpec.Ports[0].PublishedPort",
                #""EndpointSpec":{"Ports":[{"TargetPort":80,"PublishedPort":0}]}"#,
                #""EndpointSpec":{"Ports":[{"TargetPort":80,"PublishedPort":1023}]}"#)),
        Row(
            "level.host-entry",
            host("ExtraHosts", #""ExtraHosts":["h:10.0.0.1"]"#, #""ExtraHosts":["h:127.0.0.1"]"#),
            spec("Hosts", #""Hosts":["10.0.0.1 h"]"#, #""Hosts":["10.0.0.1 i","127.0.0.1  h alias"]"#)),
        Row(
            "level.resolver", host("Dns", #""Dns":["10.0.0.1"]"#, #""Dns":["127.0.0.11"]"#),
            spec(
                "DNSConfig.Nameservers", #""DNSConfig":{"Nameservers":["10.0.0.1"]}"#,
                #""DNSConfig":{"Nameservers":["127.0.0.11"]}"#)),
        Row(
            "level.network",
            config(
                "NetworkingConfig.EndpointsConfig.n.DriverOpts",
                #""NetworkingConfig":{"EndpointsConfig":{"n":{"DriverOpts":{}}}}"#,
                #""NetworkingConfig":{"EndpointsConfig":{"n":{"DriverOpts":{"o":"1"}}}}"#),
            task(
                "Networks[0].DriverOpts",
                #""Networks":[{"Target":"n","DriverOpts":{}}]"#,
                #""Networks":[{"Target":"n","DriverOpts":{"o":"1"}}]"#)),
        Row(
            "level.oom", alike: "OomScoreAdj", #""OomScoreAdj":0"#, #""OomScoreAdj":-1"#),
        Row(
            "level.ulimit", alike: "Ulimits", #""Ulimits":[{"Name":"nproc","Soft":9,"Hard":65536}]"#,
            #""Ulimits":[{"Name":"nproc","Soft":9,"Hard":65537}]"#),
        Row(
            "level.restart-policy", at: "restricted",
            host(
                "RestartPolicy", #""RestartPolicy":{"Name":"on-failure"}"#,
                #""RestartPolicy":{"Name":"always"}"#),
            restart(
                "RestartPolicy.Condition", #""RestartPolicy":{"Condition":"on-failure"}"#,
                #""RestartPolicy":{"Condition":"any"}"#),
            // What a service does that says nothing.
            restart("RestartPolicy.Condition", #""RestartPolicy":{"Condition":"none"}"#, #""ForceUpdate":1"#)),
        Row(
            "level.stop-timeout", config("StopTimeout", #""StopTimeout":3600"#, #""StopTimeout":3601"#),
            spec(
                "StopGracePeriod", #""StopGracePeriod":3600000000000"#,
                #""StopGracePeriod":3600000000001"#)),
        Row(
            "level.unjudged", alike: "Mounts[0].Target", #""Mounts":[{"Type":"tmpfs","Target":"/d"}]"#,
            #""Mounts":[{"Type":"tmpfs","Target":"d"}]"#),
        Row(
            "level.unjudged",
            host("NetworkMode", #""NetworkMode":"n""#, #""NetworkMode":"-n""#),
            service("Networks[0].Target", #""Networks":[{"Target":"n"}]"#, #""Networks":[{"Target":"-n"}]"#)),
        Row(
            "level.unjudged",
            host(
                "PortBindings.80/tcp", #""PortBindings":{"80/tcp":[{"HostPort":"65535"}]}"#,
                #""PortBindings":{"80/tcp":[{"HostPort":"65536"}]}"#),
            service(
                "EndpointSpec.Ports[0].PublishedPort", #""EndpointSpec":{"Ports":[{"PublishedPort":65535}]}"#,
                #""EndpointSpec":{"Ports":[{"PublishedPort":65536}]}"#)),
    ]

    /// Names that others obey or answer to.
    private static let names: [Row] = [
        Row(
            "level.image", at: "pinned",
            config("Image", #""Image":"docker.io/library/a:2""#, #""Image":"docker.io/library/b:2""#),
            image("a:2", "b:2")),
        Row(
            "level.registry",
            image("registry.example.com/a", "localhost:5000/a"),
            other(
                "/auth", "serveraddress", #""serveraddress":"https://index.docker.io/v1/""#,
                #""serveraddress":"https://10.0.0.1/v1/""#)),
        Row(
            "tenant.label", config("Labels", #""Labels":{"a":"b"}"#, #""Labels":{"b":"b"}"#),
            spec("Labels", #""Labels":{"a":"b"}"#, #""Labels":{"b":"b"}"#),
            service("Labels", #""Labels":{"a":"b"}"#, #""Labels":{"b":"b"}"#),
            other("/networks/create", "Labels", #""Labels":{"a":"b"}"#, #""Labels":{"b":"b"}"#),
            other("/volumes/create", "Labels", #""Labels":{"a":"b"}"#, #""Labels":{"b":"b"}"#),
            other("/commit?container=c", "Labels", #""Labels":{"a":"b"}"#, #""Labels":{"b":"b"}"#)),
    ]

    /// A service's image.
    private static func image(_ allowed: String, _ refused: String) -> Spelling {
        other(
            "/services/create", "TaskTemplate.ContainerSpec.Image",
            #""TaskTemplate":{"ContainerSpec":{"Image":"\#(allowed)"}}"#,
            #""TaskTemplate":{"ContainerSpec":{"Image":"\#(refused)"}}"#)
    }

    /// What only containers ask for: tasks have namespaces, cgroups, shared memory and addresses of
    /// their own, and join nobody's.
    private static let ofContainers: [Row] = [
        Row("level.privileged", host("Privileged", #""Privileged":false"#, #""Privileged":true"#)),
        Row(
            "level.privileged",
            other("/containers/c/exec", "Privileged", #""Privileged":false"#, #""Privileged":true"#)),
        Row("level.host-pid", host("PidMode", #""PidMode":"private""#, #""PidMode":"host""#)),
        Row("level.host-ipc", host("IpcMode", #""IpcMode":"private""#, #""IpcMode":"host""#)),
        Row("level.host-uts", host("UTSMode", #""UTSMode":"""#, #""UTSMode":"host""#)),
        Row("level.host-user", host("UsernsMode", #""UsernsMode":"""#, #""UsernsMode":"host""#)),
        Row("level.host-cgroup", host("CgroupnsMode", #""CgroupnsMode":"private""#, #""CgroupnsMode":"host""#)),
        Row("level.shareable", host("IpcMode", #""IpcMode":"none""#, #""IpcMode":"shareable""#)),
        Row("level.device", host("Devices", #""Devices":[]"#, #""Devices":[{"PathOnHost":"/dev/kvm"}]"#)),
        Row(
            "level.device",
            host("DeviceCgroupRules", #""DeviceCgroupRules":[]"#, #""DeviceCgroupRules":["a *:* r"]"#)),
        Row("level.masked-paths", host("MaskedPaths", #""MaskedPaths":null"#, #""MaskedPaths":[]"#)),
        Row("level.masked-paths", host("ReadonlyPaths", #""ReadonlyPaths":null"#, #""ReadonlyPaths":[]"#)),
        Row("level.runtime", host("Runtime", #""Runtime":"runc""#, #""Runtime":"runc2""#)),
        Row("level.cgroup-parent", host("CgroupParent", #""CgroupParent":"""#, #""CgroupParent":"/""#)),
        Row("level.unjudged", host("Cgroup", #""Cgroup":"""#, #""Cgroup":"container:c""#)),
        Row("level.volume-driver", host("VolumeDriver", #""VolumeDriver":"local""#, #""VolumeDriver":"nfs""#)),
        Row("level.volume-driver", host("Binds[0]", #""Binds":["v:/d:ro"]"#, #""Binds":["v:/d:shared"]"#)),
        Row(
            "level.mount-type",
            host(
                "Mounts[0].Type", #""Mounts":[{"Type":"volume","Target":"/d"}]"#,
                #""Mounts":[{"Type":"image","Source":"a","Target":"/d"}]"#)),
        Row("level.tmpfs", host("Tmpfs./d", #""Tmpfs":{"/d":"size=1g"}"#, #""Tmpfs":{"/d":"size=1g,suid"}"#)),
        Row("level.storage-option", host("StorageOpt", #""StorageOpt":{}"#, #""StorageOpt":{"size":"1g"}"#)),
        Row("level.annotation", host("Annotations", #""Annotations":{}"#, #""Annotations":{"a":"b"}"#)),
        Row("level.mac-address", config("MacAddress", #""MacAddress":"""#, #""MacAddress":"02:00:00:00:00:01""#)),
        Row(
            "level.mac-address",
            config(
                "NetworkingConfig.EndpointsConfig.n.MacAddress",
                #""NetworkingConfig":{"EndpointsConfig":{"n":{"MacAddress":""}}}"#,
                #""NetworkingConfig":{"EndpointsConfig":{"n":{"MacAddress":"02:00:00:00:00:01"}}}"#)),
        Row("level.join", at: "restricted", host("PidMode", #""PidMode":"""#, #""PidMode":"container:c""#)),
        Row("level.join", at: "restricted", host("IpcMode", #""IpcMode":"none""#, #""IpcMode":"container:c""#)),
        Row(
            "level.join", at: "restricted",
            host("NetworkMode", #""NetworkMode":"none""#, #""NetworkMode":"container:c""#)),
        Row("level.volumes-from", at: "restricted", host("VolumesFrom", #""VolumesFrom":[]"#, #""VolumesFrom":["c"]"#)),
        Row("level.link", at: "restricted", host("Links", #""Links":[]"#, #""Links":["c:d"]"#)),
        Row(
            "level.link", at: "restricted",
            other(
                "/networks/n/connect", "EndpointConfig.Links", #""Container":"c","EndpointConfig":{"Links":[]}"#,
                #""Container":"c","EndpointConfig":{"Links":["c:d"]}"#)),
        Row("level.port", host("PublishAllPorts", #""PublishAllPorts":false"#, #""PublishAllPorts":true"#)),
        Row("level.oom", host("OomKillDisable", #""OomKillDisable":false"#, #""OomKillDisable":true"#)),
        Row("level.real-time", host("CpuRealtimePeriod", #""CpuRealtimePeriod":0"#, #""CpuRealtimePeriod":1"#)),
        Row("level.real-time", host("CpuRealtimeRuntime", #""CpuRealtimeRuntime":0"#, #""CpuRealtimeRuntime":1"#)),
        Row("level.cpuset", host("CpusetCpus", #""CpusetCpus":"""#, #""CpusetCpus":"0""#)),
        Row("level.cpuset", host("CpusetMems", #""CpusetMems":"""#, #""CpusetMems":"0""#)),
        Row(
            "level.block-device",
            host("BlkioWeightDevice", #""BlkioWeight":9"#, #""BlkioWeightDevice":[{"Path":"/dev/a","Weight":9}]"#)),
        Row(
            "level.block-device",
            host("BlkioDeviceReadBps", #""BlkioDeviceReadBps":[]"#, #""BlkioDeviceReadBps":[{"Path":"/dev/a"}]"#)),
        Row(
            "level.block-device",
            host("BlkioDeviceWriteBps", #""BlkioDeviceWriteBps":[]"#, #""BlkioDeviceWriteBps":[{"Path":"/dev/a"}]"#)),
        Row(
            "level.block-device",
            host("BlkioDeviceReadIOps", #""BlkioDeviceReadIOps":[]"#, #""BlkioDeviceReadIOps":[{"Path":"/dev/a"}]"#)),
        Row(
            "level.block-device",
            host("BlkioDeviceWriteIOps", #""BlkioDeviceWriteIOps":[]"#, #""BlkioDeviceWriteIOps":[{"Path":"/dev/a"}]"#)),
        Row(
            "level.shared-memory",
            host("ShmSize", #""ShmSize":1073741824"#, #""ShmSize":1073741825"#)),
        Row("level.unjudged", host("PidMode", #""PidMode":"""#, #""PidMode":"hosts""#)),
        Row("level.unjudged", host("Binds[0]", #""Binds":["v:/d"]"#, #""Binds":["./v:/d"]"#)),
        Row("level.unjudged", host("Tmpfs.d", #""Tmpfs":{"/d":""}"#, #""Tmpfs":{"d":""}"#)),
        Row("level.unjudged", config("Volumes", #""Volumes":{"/d":{}}"#, #""Volumes":{"/s:/d":{}}"#)),
        Row(
            "level.real-time",
            other("/containers/c/update", "CpuRealtimePeriod", #""CpuRealtimePeriod":0"#, #""CpuRealtimePeriod":1"#)),
        Row(
            "level.restart-policy", at: "restricted",
            other(
                "/containers/c/update", "RestartPolicy", #""RestartPolicy":{"Name":"no"}"#,
                #""RestartPolicy":{"Name":"unless-stopped"}"#)),
    ]

    /// What only services, secrets, configs, networks and volumes ask for.
    private static let ofOthers: [Row] = [
        Row(
            "level.security-option",
            spec(
                "Privileges.CredentialSpec.Registry", #""Privileges":{"CredentialSpec":{"Registry":""}}"#,
                #""Privileges":{"CredentialSpec":{"Registry":"r"}}"#)),
        Row(
            "level.security-option",
            spec(
                "Privileges.CredentialSpec.Config", #""Privileges":{"CredentialSpec":null}"#,
                #""Privileges":{"CredentialSpec":{"Config":"c"}}"#)),
        Row(
            "level.unjudged",
            service("Networks[0].Target", #""Networks":[{"Target":"ingres"}]"#, #""Networks":[{"Target":"ingress"}]"#)),
        Row(
            "level.unjudged",
            spec(
                "Secrets[0].SecretID", #""Secrets":[{"SecretID":"s1","SecretName":"s"}]"#,
                #""Secrets":[{"SecretName":"s"}]"#)),
        Row(
            "level.unjudged",
            spec(
                "Configs[0].ConfigID", #""Configs":[{"ConfigID":"c1","ConfigName":"c"}]"#,
                #""Configs":[{"ConfigID":"","ConfigName":"c"}]"#)),
        Row(
            "level.unjudged",
            spec(
                "Secrets[0].File.Mode", #""Secrets":[{"SecretID":"s1","File":{"Name":"s","Mode":511}}]"#,
                #""Secrets":[{"SecretID":"s1","File":{"Name":"s","Mode":512}}]"#)),
        Row(
            "level.unjudged",
            spec("Env[1]", #""Env":["A=b","N={{ .Task.Slot }}"]"#, #""Env":["A=b","N={{.Service.Labels}}"]"#)),
        Row(
            "level.unjudged",
            spec("Hostname", #""Hostname":"{{.Node.Hostname}}-{{.Task.ID}}""#, #""Hostname":"{{.Node.Hostname}}-{{.Task.ID""#)),
        Row(
            "level.unjudged",
            spec(
                "Mounts[0]", #""Mounts":[{"Type":"volume","Target":"/d/{{.Task.Slot}}"}]"#,
                #""Mounts":[{"Type":"volume","Target":"/d/{{printf .Task.Slot}}"}]"#)),
        Row(
            "level.secret-driver",
            other(
                "/secrets/create", "Driver", #""Name":"s","Data":"","Driver":{"Name":"","Options":{}}"#,
                #""Name":"s","Driver":{"Name":"vault"}"#)),
        Row(
            "level.secret-driver",
            other(
                "/configs/create", "Templating", #""Name":"c","Data":"e30=","Templating":null"#,
                #""Name":"c","Data":"e30=","Templating":{"Name":"golang"}"#)),
        Row("level.network", other("/networks/create", "Driver", #""Driver":"bridge""#, #""Driver":"overlay""#)),
        Row(
            "level.network",
            other(
                "/networks/create", "Options", #""Options":{"com.docker.network.driver.mtu":"1500"}"#,
                #""Options":{"com.docker.network.driver.mtu":"1501"}"#)),
        Row(
            "level.network",
            other("/networks/create", "IPAM.Driver", #""IPAM":{"Driver":"default"}"#, #""IPAM":{"Driver":"dhcp"}"#)),
        Row(
            "level.network",
            other("/networks/create", "IPAM.Options", #""IPAM":{"Options":{}}"#, #""IPAM":{"Options":{"a":"b"}}"#)),
        Row("level.network", other("/networks/create", "Scope", #""Scope":"local""#, #""Scope":"swarm""#)),
        Row("level.network", other("/networks/create", "Ingress", #""Ingress":false"#, #""Ingress":true"#)),
        Row("level.network", other("/networks/create", "ConfigOnly", #""ConfigOnly":false"#, #""ConfigOnly":true"#)),
        Row(
            "level.network",
            other(
                "/networks/create", "ConfigFrom", #""ConfigFrom":{"Network":""}"#,
                #""ConfigFrom":{"Network":"n"}"#)),
        Row(
            "level.subnet",
            other(
                "/networks/create", "IPAM.Config.Subnet", #""IPAM":{"Config":[{"Subnet":"10.0.0.0/16"}]}"#,
                #""IPAM":{"Config":[{"Subnet":"10.0.0.0/15"}]}"#)),
        Row("level.volume-driver", other("/volumes/create", "Driver", #""Driver":"local""#, #""Driver":"locals""#)),
        Row(
            "level.volume-driver",
            other("/volumes/create", "DriverOpts", #""DriverOpts":{}"#, #""DriverOpts":{"o":"bind"}"#)),
        // What governs the host says so itself, whatever the body.
        Row(
            "level.host",
            Spelling(
                field: "operation", allowed: Body(target: "/networks/create", json: "{}"),
                refused: Body(target: "/swarm/init", json: "{}"))),
    ]

    static let rows = shared + names + ofContainers + ofOthers
}
