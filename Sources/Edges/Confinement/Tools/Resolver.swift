import Glibc

/// Who is asked for names, and how, as a container's files say (resolv.conf(5), hosts(5)).
struct Resolver: Hashable {
    /// Addresses of servers, at most three.
    private(set) var servers: [String] = []
    private var search: [String] = []
    private var dots = 1
    private let hosts: String

    /// What an answer to a look-up is.
    enum Outcome: Hashable {
        /// Addresses or names, with the server that told them; nil for the hosts file.
        case found([DNSMessage.Record], server: String?)
        /// No such name, or none of this kind.
        case nothing(server: String)
        /// No server has answered.
        case failed(String)
    }

    /// Reads both files' texts.
    init(configuration: String, hosts: String) {
        self.hosts = hosts
        for line in configuration.split(separator: "\n") {
            let words = Self.words(line)
            switch words.first {
            case "nameserver" where words.count > 1 && servers.count < 3:
                servers.append(String(words[1]))
            case "search", "domain": search = words.dropFirst().prefix(6).map(String.init)
            case "options":
                for word in words where word.hasPrefix("ndots:") {
                    dots = min(15, Int(word.dropFirst(6)) ?? 1)
                }
            default: break
            }
        }
        if servers.isEmpty { servers = ["127.0.0.1"] }
    }

    /// The container's own, read inside.
    static func inside() -> Resolver {
        Resolver(
            configuration: SmallFile.text("/etc/resolv.conf") ?? "",
            hosts: SmallFile.text("/etc/hosts") ?? "")
    }

    /// The names that are asked for in the place of one, in their order.
    func candidates(_ name: String) -> [String] {
        if name.hasSuffix(".") { return [name] }
        let longer = search.map { $0 == "." ? name : "\(name).\($0)" }
        let isWhole = name.split(separator: ".", omittingEmptySubsequences: false).count > dots
        return isWhole ? [name] + longer : longer + [name]
    }

    /// Addresses that the hosts file has for a name.
    func listed(_ name: String) -> [DNSMessage.Record] {
        hosts.split(separator: "\n").compactMap { line in
            let words = Self.words(line)
            guard words.dropFirst().contains(where: { $0.lowercased() == name.lowercased() }),
                let address = SocketAddress(String(words[0]))
            else { return nil }
            return DNSMessage.Record(
                kind: address.family == AF_INET ? .address : .address6, value: address.text)
        }
    }

    private static func words(_ line: Substring) -> [Substring] {
        line.prefix { $0 != "#" && $0 != ";" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }
    }

    /// Looks addresses of a name up.
    func addresses(_ name: String) -> Outcome {
        let listed = listed(name)
        if !listed.isEmpty { return .found(listed, server: nil) }
        return look(up: candidates(name), [.address, .address6])
    }

    /// Looks the name of an IPv4 address up.
    func names(_ address: String) -> Outcome {
        let reversed = address.split(separator: ".").reversed().joined(separator: ".")
        return look(up: [reversed + ".in-addr.arpa."], [.pointer])
    }

    private func look(up names: [String], _ kinds: [DNSMessage.Kind]) -> Outcome {
        var last = Outcome.failed("no server answered: \(servers.joined(separator: ", "))")
        // A name of several candidates does not take longer than one.
        let deadline = Clock.milliseconds + 20_000
        for name in names {
            var found: [DNSMessage.Record] = []
            for kind in kinds {
                switch ask(name, kind, deadline) {
                case .found(let records, let server):
                    found += records.filter { !found.contains($0) }
                    last = .found(found, server: server)
                case .nothing(let server):
                    if found.isEmpty { last = .nothing(server: server) }
                case .failed(let reason):
                    // Whoever does not answer for the one will not for the others.
                    return found.isEmpty ? .failed(reason) : last
                }
            }
            if !found.isEmpty { return last }
        }
        return last
    }

    private func ask(_ name: String, _ kind: DNSMessage.Kind, _ end: Int64) -> Outcome {
        var reason = "no server answered"
        for _ in 0..<2 {
            for server in servers {
                guard let address = SocketAddress(server, port: 53),
                    let question = DNSMessage.question(
                        name, kind, number: UInt16.random(in: 0...UInt16.max))
                else {
                    let (name, server) = (Shown.name(name.utf8), Shown.name(server.utf8))
                    reason = "\(name) at \(server) cannot be asked for"
                    continue
                }
                let deadline = min(end, Clock.milliseconds + 2000)
                guard let answer = Self.answer(question, address, deadline) else {
                    reason = "\(server) does not answer: \(String(cString: strerror(errno)))"
                    continue
                }
                switch answer.code {
                case 0 where !answer.records.isEmpty:
                    return .found(answer.records, server: server)
                case 0, 3: return .nothing(server: server)
                default: reason = "\(server) answers with error \(answer.code)"
                }
            }
        }
        return .failed(reason)
    }

    private static func answer(
        _ question: [UInt8], _ server: SocketAddress, _ deadline: Int64
    ) -> DNSMessage.Answer? {
        let type = Int32(SOCK_DGRAM.rawValue)
        guard let socket = ToolSocket(server, type, deadline: deadline), socket.send(question)
        else { return nil }
        // What is no answer to this is somebody else's, or forged.
        while let bytes = socket.receive() {
            if let answer = DNSMessage.answer(bytes, to: question) { return answer }
        }
        return nil
    }
}

/// `nslookup`: names as the container finds them.
enum NameLookUp {
    /// Looks a name or an IPv4 address up and writes what is found.
    ///
    /// - Returns: 1 when nothing is.
    static func run(_ name: String) -> UInt8 {
        let resolver = Resolver.inside()
        let outcome =
            SocketAddress(name)?.family == AF_INET
            ? resolver.names(name) : resolver.addresses(name)
        switch outcome {
        case .found(let records, let server):
            ToolText.say("Server:  \(server.map { Shown.name($0.utf8) } ?? "/etc/hosts")")
            for record in records {
                let title =
                    switch record.kind {
                    case .address, .address6: "Address"
                    case .alias: "Alias of"
                    case .pointer: "Name"
                    }
                ToolText.say("\(title): \(record.value)")
            }
            return 0
        case .nothing(let server):
            ToolText.complain("nslookup: \(Shown.name(server.utf8)) knows no \(name)")
        case .failed(let reason): ToolText.complain("nslookup: \(reason)")
        }
        return 1
    }
}
