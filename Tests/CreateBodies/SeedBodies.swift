import Foundation
import JSON

/// The bodies that generated ones start from: what real clients sent, recorded in the shared corpus,
/// and the shapes that are not among them.
package struct SeedBodies: Sendable {
    /// Why there are none.
    package struct Missing: Error, CustomStringConvertible {
        /// What is missing.
        package let description: String
    }

    /// The bodies.
    package let bodies: [Node]

    /// The containers that bodies name.
    package static let containers = ["atk-b-n1", "atk-b-v4", "atk-proj_db_1", "atk-proj_db_2"]
    /// The networks that bodies name.
    package static let networks = ["atk-b-net", "atk-proj_back"]
    /// The image that nearly all bodies name.
    package static let image = "bb:1"

    /// Reads the corpus that stands beside the repository.
    ///
    /// - Throws: `Missing` when it is not there or holds no body.
    package static func load() throws -> SeedBodies {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("../shared/corpus/public-benign.jsonl")
            .standardizedFileURL
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw Missing(description: "../shared/corpus/public-benign.jsonl is missing")
        }
        let recorded = data.split(separator: UInt8(ascii: "\n")).compactMap { line in
            recordedBody(Array(line))
        }
        guard recorded.count >= 20 else {
            throw Missing(description: "the corpus holds only \(recorded.count) create bodies")
        }
        return SeedBodies(bodies: recorded + written.map { Node(parsing: $0) })
    }

    /// The body of a create request in a line of the corpus, with the one image at its place.
    private static func recordedBody(_ line: [UInt8]) -> Node? {
        guard let request = try? JSONReader.value(of: line), request["method"]?.string == "POST",
            request["target"]?.string?.contains("/containers/create") == true,
            var text = request["body"]?.string
        else { return nil }
        text = text.replacing("{{pad:200000:x}}", with: String(repeating: "x", count: 2000))
        guard let body = try? JSONReader.value(of: Array(text.utf8)) else { return nil }
        var node = Node(body)
        if body["Image"] != nil { node.set(["Image"], .raw("\"\(image)\"")) }
        return node
    }

    /// Shapes beyond the recorded ones: the least, the most, and what an inspect shows sent back.
    private static let written = [
        #"{"Image":"bb:1"}"#,
        #"{"Image":"bb:1","Cmd":["true"],"HostConfig":{}}"#,
        #"{"Image":"bb:1","HostConfig":null,"NetworkingConfig":null}"#,
        #"{"Image":"bb:1","Entrypoint":"/bin/sh","Cmd":"-c","HostConfig":{"CapDrop":"ALL"}}"#,
        #"""
        {"Hostname":"7d1c8a0e3f55","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,
        "AttachStderr":false,"ExposedPorts":{"80/tcp":{}},"Tty":false,"OpenStdin":false,
        "StdinOnce":false,"Env":["PATH=/bin","A=1"],"Cmd":["sleep","10"],"Healthcheck":{"Test":["CMD",
        "true"],"Interval":5000000000,"Timeout":3000000000,"Retries":3,"StartPeriod":1000000000},
        "Image":"bb:1","Volumes":{"/data":{}},"WorkingDir":"/tmp","Entrypoint":null,"OnBuild":null,
        "Labels":{"com.example.role":"web","quaymaster.tenant":"local"},"StopSignal":"SIGTERM",
        "StopTimeout":5,"HostConfig":{"Binds":["atk-b-vol:/srv:ro"],"ContainerIDFile":"",
        "LogConfig":{"Type":"json-file","Config":{"max-size":"64m"}},"NetworkMode":"atk-b-net",
        "PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"18080"}]},
        "RestartPolicy":{"Name":"unless-stopped","MaximumRetryCount":0},"AutoRemove":false,
        "VolumeDriver":"","VolumesFrom":null,"CapAdd":null,"CapDrop":null,"CgroupnsMode":"private",
        "Dns":[],"DnsOptions":[],"DnsSearch":[],"ExtraHosts":null,"GroupAdd":null,"IpcMode":"private",
        "Cgroup":"","Links":null,"OomScoreAdj":0,"PidMode":"","Privileged":false,
        "PublishAllPorts":false,"ReadonlyRootfs":false,"SecurityOpt":["no-new-privileges"],
        "UTSMode":"","UsernsMode":"","ShmSize":67108864,"Runtime":"runc","ConsoleSize":[0,0],
        "Isolation":"","CpuShares":0,"Memory":67108864,"NanoCpus":0,"CgroupParent":
        "/quaymaster/local","BlkioWeight":0,"BlkioWeightDevice":[],"BlkioDeviceReadBps":null,
        "BlkioDeviceWriteBps":null,"BlkioDeviceReadIOps":null,"BlkioDeviceWriteIOps":null,
        "CpuPeriod":0,"CpuQuota":0,"CpuRealtimePeriod":0,"CpuRealtimeRuntime":0,"CpusetCpus":"",
        "CpusetMems":"","Devices":[],"DeviceCgroupRules":null,"DeviceRequests":null,"KernelMemory":0,
        "KernelMemoryTCP":0,"MemoryReservation":0,"MemorySwap":134217728,"MemorySwappiness":null,
        "OomKillDisable":false,"PidsLimit":4096,"Ulimits":null,"CpuCount":0,"CpuPercent":0,
        "IOMaximumIOps":0,"IOMaximumBandwidth":0,"Mounts":[{"Type":"volume","Source":"atk-b-vol",
        "Target":"/v","VolumeOptions":{"NoCopy":true,"Labels":{"a":"b"}}}],
        "MaskedPaths":["/proc/asound","/proc/acpi","/proc/kcore","/proc/keys","/proc/latency_stats",
        "/proc/timer_list","/proc/timer_stats","/proc/sched_debug","/proc/scsi","/sys/firmware"],
        "ReadonlyPaths":["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"]},
        "NetworkingConfig":{"EndpointsConfig":{"atk-b-net":{"IPAMConfig":null,"Links":null,
        "Aliases":["web"],"NetworkID":"","EndpointID":"","Gateway":"172.18.0.1","IPAddress":
        "172.18.0.5","IPPrefixLen":16,"IPv6Gateway":"","GlobalIPv6Address":"","GlobalIPv6PrefixLen":0,
        "MacAddress":"","DriverOpts":null}}}}
        """#,
    ]
}
