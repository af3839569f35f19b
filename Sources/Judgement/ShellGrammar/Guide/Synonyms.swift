/// Which verb of a role does what another program is known for.
struct Synonyms {
    let role: Role

    /// Programs that answer one question, most wanted first.
    private static let groups = [
        [
            "less", "more", "view", "vi", "vim", "vimdiff", "nano", "emacs", "pico", "most", "pg",
            "cat",
        ],
        ["match", "grep", "egrep", "fgrep", "rg", "ag", "ack", "sed", "awk", "gawk"],
        ["ls", "dir", "ll", "tree", "exa", "find", "fd", "locate"],
        ["tail", "head", "journalctl", "dmesg"],
        ["zcat", "gunzip", "gzip", "zless"],
        ["ps", "top", "htop", "pgrep", "pstree", "pidof", "w", "who"],
        ["df", "du", "ncdu"], ["mounts", "mount", "findmnt", "lsblk"],
        ["limits", "ulimit", "free", "vmstat"],
        ["net", "ss", "netstat", "lsof", "ip", "ifconfig"],
        ["curl", "wget", "http", "fetch"],
        ["nslookup", "dig", "host", "getent", "drill"],
        ["ping", "ping6", "fping", "traceroute", "nc"],
        ["env", "printenv", "export", "set"], ["id", "whoami", "groups"],
        ["hostname", "uname"], ["stat", "file"], ["kill", "pkill", "killall"],
        ["supervisorctl", "systemctl", "service"],
    ]

    /// The role's name for a program, and whether it is the same program: its options mean the same.
    func name(for program: String) -> (name: String, isSame: Bool)? {
        let bare = Self.bare(program)
        if role.verb(bare) != nil { return (bare, true) }
        for group in Self.groups where group.contains(bare) {
            if let name = group.first(where: { role.verb($0) != nil }) { return (name, false) }
        }
        return misspelled(bare).map { ($0, true) }
    }

    /// A program's name without its folder and in lower case.
    private static func bare(_ program: String) -> String {
        let name = program.utf8.split(separator: UInt8(ascii: "/")).last
        return name.map { String(Substring($0)) }?.lowercased() ?? program
    }

    /// The one verb that differs in one letter, or in two that changed places.
    private func misspelled(_ name: String) -> String? {
        guard name.utf8.count > 2, name.utf8.count < 33, EscapeKind(of: name) == nil else {
            return nil
        }
        let near = role.verbs.map(\.name).filter {
            Self.differInOne(Array($0.utf8), Array(name.utf8))
        }
        return near.count == 1 ? near.first : nil
    }

    private static func differInOne(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        let head = zip(one, other).prefix { $0 == $1 }.count
        let tail = zip(one.dropFirst(head).reversed(), other.dropFirst(head).reversed())
            .prefix { $0 == $1 }.count
        let left = one[head..<one.count - tail]
        let right = other[head..<other.count - tail]
        if left.count == 2, right.count == 2 { return left.elementsEqual(right.reversed()) }
        return left.count < 2 && right.count < 2
    }
}
