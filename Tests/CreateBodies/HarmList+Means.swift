// Rows about how much of the host is taken, and about logs.
extension HarmList {
    mutating func judgeMeans() {
        note("OomScoreAdj", "below zero", if: host["OomScoreAdj"].integer ?? 0 < 0)
        note("OomKillDisable", "true", if: host["OomKillDisable"] == .bool(true))
        for limit in host["Ulimits"].elements {
            let name = limit["Name"].string
            let most = Self.limits[name]
            let values = [limit["Soft"].integer ?? 0, limit["Hard"].integer ?? 0]
            // -1 is no limit.
            let isHigh = values.contains { value in
                guard let most else { return true }
                return value > most || (value < 0 && most != .max)
            }
            note("Ulimits", name, if: isHigh)
        }
        // Zero and below are no limit, which is the gateway's to set.
        note("PidsLimit", "above 4096", if: host["PidsLimit"].integer ?? 0 > 4096)
        let shared = host["ShmSize"].integer ?? 0
        note("ShmSize", "\(shared)", if: !(0...1 << 30 ~= shared))
        for field in ["CpuRealtimePeriod", "CpuRealtimeRuntime", "CpusetCpus", "CpusetMems"] {
            note("Cpu", field, if: !host[field].isZero)
        }
        for field in [
            "BlkioWeightDevice", "BlkioDeviceReadBps", "BlkioDeviceWriteBps",
            "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps",
        ] {
            note("Blkio", field, if: !host[field].elements.isEmpty)
        }
    }

    /// The most of each user limit; what is not here is not a container's to set.
    private static let limits: [String: Int128] = [
        "nofile": 1 << 20, "nproc": 1 << 16, "memlock": 64 << 20, "stack": 64 << 20,
        "msgqueue": 819_200, "sigpending": 1 << 16, "nice": 0, "rtprio": 0, "core": .max,
        "cpu": .max, "fsize": .max, "data": .max, "rss": .max, "as": .max, "locks": .max,
    ]

    mutating func judgeLog() {
        let driver = host["LogConfig"]["Type"].string
        note("LogConfig", driver, if: !["", "json-file", "local"].contains(driver))
        for option in host["LogConfig"]["Config"].entries {
            let value = option.value.string
            let isHarmless =
                switch option.key {
                case "compress", "labels", "labels-regex", "env", "env-regex", "mode": true
                // A template that the engine itself fills in: fields only, no functions.
                case "tag": Self.isPlainTemplate(value)
                case "max-file": Int(value).map { 1...100 ~= $0 } ?? false
                case "max-size":
                    value == "-1" || Self.bytes(value).map { 1 << 16...1 << 30 ~= $0 } ?? false
                case "max-buffer-size": Self.bytes(value).map { 0...1 << 24 ~= $0 } ?? false
                default: false
                }
            note("LogConfig", "\(option.key) \(value)", if: !isHarmless)
        }
    }

    /// True for text whose every action is a field of bounded length: `{{.Name}}`, `{{ .ID }}`.
    private static func isPlainTemplate(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        let fields = ["ID", "FullID", "Name", "ImageID", "ImageFullID", "ImageName", "DaemonName"]
        while let start = rest.indices.first(where: { rest[$0...].starts(with: "{{".utf8) }) {
            rest = rest[(start + 2)...].drop { $0 == 0x20 }
            guard rest.first == UInt8(ascii: ".") else { return false }
            let name = rest.dropFirst().prefix { 0x41...0x5A ~= $0 & 0xDF }
            rest = rest.dropFirst(1 + name.count).drop { $0 == 0x20 }
            guard fields.contains(String(decoding: name, as: UTF8.self)),
                rest.starts(with: "}}".utf8)
            else { return false }
            rest = rest.dropFirst(2)
        }
        return text.utf8.count <= 1024
    }

    /// A size with a unit; nil for what is none.
    static func bytes(_ text: String) -> Int128? {
        let units: [(String, Int128)] = [("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30)]
        let lower = text.lowercased()
        for (unit, factor) in units where lower.hasSuffix(unit) {
            return UInt64(lower.dropLast()).map { Int128($0) * factor }
        }
        return UInt64(lower).map { Int128($0) }
    }
}
