/// `limits` and `free`: what a container may take, and what it takes, from its cgroups.
struct UsageList {
    private let order: LookOrder

    init(_ order: LookOrder) {
        self.order = order
    }

    func answer(_ answer: inout Answer) throws {
        if order.look.verb == "free" { return try memory(&answer) }
        try row(
            "memory", ["memory.max", "memory.limit_in_bytes"],
            ["memory.current", "memory.usage_in_bytes"], isSize: true, &answer)
        try row(
            "memory and swap", ["memory.memsw.limit_in_bytes"], ["memory.memsw.usage_in_bytes"],
            isSize: true, &answer)
        try row("processes", ["pids.max"], ["pids.current"], isSize: false, &answer)
        if let quota = value(["cpu.cfs_quota_us"]).flatMap({ Int($0) }),
            let period = value(["cpu.cfs_period_us"]).flatMap({ Int($0) }), period > 0
        {
            try answer.say(
                "\(Shown.left("processors", 16)) \(quota < 0 ? "no limit" : Self.share(quota, period))"
            )
        } else if let text = value(["cpu.max"]) {
            let words = text.split(separator: " ").compactMap { Int($0) }
            try answer.say(
                "\(Shown.left("processors", 16)) \(words.count == 2 && words[1] > 0 ? Self.share(words[0], words[1]) : "no limit")"
            )
        }
        try row(
            "processor set", ["cpuset.cpus.effective", "cpuset.effective_cpus", "cpuset.cpus"], [],
            isSize: false, &answer)
        for line in (SmallFile.text("/proc/\(order.process)/limits") ?? "").split(separator: "\n")
            .dropFirst()
        {
            try answer.say(String(line))
        }
    }

    private static func share(_ quota: Int, _ period: Int) -> String {
        let hundredths = quota * 100 / period
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    private func memory(_ answer: inout Answer) throws {
        let total = value(["memory.max", "memory.limit_in_bytes"]).flatMap { UInt64($0) }
        let used = value(["memory.current", "memory.usage_in_bytes"]).flatMap { UInt64($0) } ?? 0
        let limit = total.flatMap { $0 >= 1 << 62 ? nil : $0 }
        func shown(_ bytes: UInt64) -> String {
            switch order.look.words.first {
            case "-h": Shown.size(bytes)
            case "-m": String(bytes >> 20)
            default: String(bytes >> 10)
            }
        }
        try answer.say("              total        used        free")
        let parts = [
            limit.map(shown) ?? "no limit", shown(used),
            limit.map { shown($0 - min($0, used)) } ?? "-",
        ]
        try answer.say("Mem:  " + parts.map { Shown.right($0, 12) }.joined(separator: ""))
    }

    private func row(
        _ name: String, _ limits: [String], _ uses: [String], isSize: Bool, _ answer: inout Answer
    ) throws {
        guard let limit = value(limits) else { return }
        var text = limit == "max" ? "no limit" : limit
        if isSize, let bytes = UInt64(limit) {
            text = bytes >= 1 << 62 ? "no limit" : Shown.size(bytes)
        }
        if let use = value(uses) {
            text += ", in use \(isSize ? Shown.size(UInt64(use) ?? 0) : use)"
        }
        try answer.say("\(Shown.left(name, 16)) \(text)")
    }

    /// The first of these files that one of the container's cgroups has.
    private func value(_ names: [String]) -> String? {
        for name in names {
            for folder in order.cgroups {
                if let text = SmallFile.text("\(folder)/\(name)") {
                    return String(text.prefix { $0 != "\n" })
                }
            }
        }
        return nil
    }
}
