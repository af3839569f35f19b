import Glibc

/// `net`, `ss` and `netstat`: the sockets and addresses of a container's network (proc_pid_net(5)).
struct SocketList {
    private let order: LookOrder
    private static let states = [
        "01": "ESTAB", "02": "SYN-SENT", "03": "SYN-RECV", "04": "FIN-WAIT-1", "05": "FIN-WAIT-2",
        "06": "TIME-WAIT", "07": "UNCONN", "08": "CLOSE-WAIT", "09": "LAST-ACK", "0A": "LISTEN",
        "0B": "CLOSING",
    ]

    init(_ order: LookOrder) {
        self.order = order
    }

    private struct Socket {
        let kind: String
        let state: String
        let local: String
        let remote: String
    }

    func answer(_ answer: inout Answer) throws {
        let word = order.look.words.first ?? ""
        if word == "addresses" { return try addresses(&answer) }
        let sockets = try ["tcp", "tcp6", "udp", "udp6"].flatMap { try list($0) }
        if word == "-s" {
            for kind in ["tcp", "tcp6", "udp", "udp6"] {
                let count = sockets.count { $0.kind == kind }
                try answer.say("\(Shown.left(kind, 6)) \(count)")
            }
            return
        }
        let onlyListening = word == "-tln" || word == "listening"
        let onlyTCP = word.hasPrefix("-t")
        try answer.say("Netid  State       Local                    Peer")
        for socket in sockets {
            let isOpen = socket.state == "LISTEN" || socket.state == "UNCONN"
            if onlyTCP, !socket.kind.hasPrefix("tcp") { continue }
            if onlyListening, !isOpen { continue }
            if word == "connections", isOpen { continue }
            try answer.say(
                "\(Shown.left(socket.kind, 6)) \(Shown.left(socket.state, 11)) "
                    + "\(Shown.left(socket.local, 24)) \(socket.remote)")
        }
    }

    private func file(_ name: String) throws -> String {
        guard let text = SmallFile.text("/proc/\(order.process)/net/\(name)", limit: 32 << 20)
        else {
            // A kernel without IPv6 has no such file.
            if errno == ENOENT { return "" }
            throw Refusal.system("look.net", "\(name) of the container's network is not read")
        }
        return text
    }

    private func list(_ kind: String) throws -> [Socket] {
        try file(kind).split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 3, let local = Self.address(fields[1]),
                let remote = Self.address(fields[2])
            else { return nil }
            return Socket(
                kind: kind, state: Self.states[String(fields[3])] ?? String(fields[3]),
                local: local,
                remote: remote)
        }
    }

    /// `0100007F:1F90` is 127.0.0.1:8080: words of 32 bits, lower byte first.
    static func address(_ text: Substring) -> String? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
        let digits = Array(parts[0].utf8)
        guard digits.count == 8 || digits.count == 32 else { return nil }
        var bytes: [UInt8] = []
        for word in stride(from: 0, to: digits.count, by: 8) {
            for place in stride(from: word + 6, through: word, by: -2) {
                let pair = String(decoding: digits[place..<place + 2], as: UTF8.self)
                guard let byte = UInt8(pair, radix: 16) else { return nil }
                bytes.append(byte)
            }
        }
        let end = port == 0 ? "*" : String(port)
        if bytes.count == 4 { return "\(bytes.map { String($0) }.joined(separator: ".")):\(end)" }
        var text = [CChar](repeating: 0, count: 64)
        inet_ntop(AF_INET6, bytes, &text, 64)
        let name = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "[\(name)]:\(end)"
    }

    /// Addresses of the host's own out of the routing trie, and the interfaces' counters.
    private func addresses(_ answer: inout Answer) throws {
        var seen: Set<String> = []
        var last = ""
        for line in try file("fib_trie").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count >= 2, words[0] == "|--" { last = String(words[1]) }
            if words.count >= 3, words[0] == "/32", words[1] == "host", words[2] == "LOCAL",
                seen.insert(last).inserted
            {
                try answer.say("inet  \(last)")
            }
        }
        for line in try file("if_inet6").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 6, words[0].utf8.count == 32 else { continue }
            var groups: [String] = []
            let digits = Array(words[0].utf8)
            for place in stride(from: 0, to: 32, by: 4) {
                groups.append(String(decoding: digits[place..<place + 4], as: UTF8.self))
            }
            try answer.say("inet6 \(groups.joined(separator: ":"))  \(words[5])")
        }
        for line in try file("dev").split(separator: "\n").dropFirst(2) {
            let words = line.split { $0 == " " || $0 == ":" }
            guard words.count >= 10 else { continue }
            try answer.say("link  \(words[0])  received \(words[1])  sent \(words[9])")
        }
    }
}
