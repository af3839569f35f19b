package import Acts
package import Foundation
import Yams

/// `quaymaster.yaml`, read and checked as far as a file can be.
package struct ConfigurationFile: Sendable {
    /// A text and the line it stands on.
    package struct Located: Hashable, Sendable {
        /// The text.
        package let text: String
        /// The line, from 1.
        package let line: Int
    }

    /// An authority beside ours whose certificates mappings may name.
    package struct TrustedAuthority: Hashable, Sendable {
        /// The name that mappings use.
        package let name: String
        /// Its certificate, PEM, with those that it hangs from.
        package let file: URL
    }

    /// The configuration's own directory.
    package let directory: URL
    /// The first part of every tenant's cgroup.
    package let cgroup: String
    /// The addresses to listen on.
    package let listen: [Located]
    /// The engine's address.
    package let engine: Located
    /// The state directory.
    package let state: URL
    /// The policy.
    package let policy: URL
    /// The address of health and metrics, `HOST:PORT`; nil when there is none.
    package let metrics: Located?
    /// The server's certificate.
    package let certificate: URL
    /// Its key.
    package let key: URL
    /// What clients may call the server beside the names in its certificate.
    package let names: [String]
    /// The authority that issues clients' certificates.
    package let authority: URL
    /// The further authorities whose clients are let in when the policy says what they mean.
    package let trust: [TrustedAuthority]
    /// True when clients may speak TLS 1.2.
    package let allowsTLS12: Bool
    /// Out of which tenants' own networks get their subnets; nil: the engine chooses.
    package let subnets: SubnetPool?
    /// How many networks a tenant may make; nil: as many as usual.
    package let networksPerTenant: Int?
    /// What containers of tenants reach on the host in spite of its firewall.
    package let reach: [Endpoint]
    /// The host's root part.
    package let agent: AgentPart
    /// How the record is kept.
    package let ledger: LedgerPart
    /// The limits that differ from the defaults, by name.
    package let limits: [String: Int]

    /// The names of limits.
    package static let limitNames =
        [
            "bodyBytes", "headSeconds", "bodySeconds", "idleSeconds", "drainSeconds", "connections",
            "archiveBytes", "archiveRatio", "tenantRecordingBytes",
        ] + Means.allCases.map { limitName($0, "identity") }
        + Means.allCases.filter(\.isTenants).map { limitName($0, "tenant") }

    /// The name of the limit of what an identity or a tenant takes up: `identityStreams`.
    package static func limitName(_ means: Means, _ taker: String) -> String {
        taker + means.rawValue.prefix(1).uppercased() + means.rawValue.dropFirst()
    }

    /// Reads the configuration of a directory.
    ///
    /// - Parameters:
    ///   - directory: Paths in the file are relative to it.
    ///   - listens: False on a machine that has an agent and no gateway.
    /// - Throws: `PolicyErrors` with file, line and column, or what the file system says.
    package init(directory: URL, listens: Bool = true) throws {
        let url = directory.appendingPathComponent("quaymaster.yaml")
        let text = try String(contentsOf: url, encoding: .utf8)
        let reader = YAMLReader(file: url.path)
        let known = [
            "listen", "engines", "state", "policy", "metrics", "tls", "trust", "limits", "cgroup",
            "networks", "agent", "ledger",
        ]
        let record = reader.record(reader.document(text), "quaymaster.yaml", known: known)
        self.directory = directory.absoluteURL
        cgroup = Self.cgroup(record["cgroup"], reader)
        listen = reader.list(record["listen"], "listen").compactMap { Self.located($0, reader) }
        engine = Self.engine(record["engines"], reader)
        func path(_ node: Node?, _ name: String, _ usual: String) -> URL {
            URL(fileURLWithPath: reader.text(node, name) ?? usual, relativeTo: directory)
                .absoluteURL
        }
        state = path(record["state"], "state", "state")
        policy = path(record["policy"], "policy", "policy.yaml")
        metrics = record["metrics"].flatMap { Self.located($0, reader) }
        let tls = reader.record(
            record["tls"], "tls", known: ["certificate", "key", "authority", "minimum", "names"])
        certificate = path(tls["certificate"], "certificate", "server.pem")
        key = path(tls["key"], "key", "server-key.pem")
        names = Self.names(tls["names"], reader)
        authority = path(tls["authority"], "authority", "ca.pem")
        trust = Self.trust(record["trust"], reader, directory)
        let minimum = tls["minimum"]?.scalar?.string ?? "1.2"
        if !["1.2", "1.3"].contains(minimum) {
            reader.report("minimum is 1.2 or 1.3", at: tls["minimum"])
        }
        allowsTLS12 = minimum == "1.2"
        let networks = reader.record(
            record["networks"], "networks", known: ["pool", "size", "perTenant", "reach"])
        subnets = Self.subnets(record["networks"], networks, reader)
        networksPerTenant = networks["perTenant"].flatMap { Self.count($0, reader) }
        reach = reader.list(networks["reach"], "reach").compactMap { Self.endpoint($0, reader) }
        agent = AgentPart(record["agent"], reader, directory: directory)
        ledger = LedgerPart(record["ledger"], reader, directory: directory)
        limits = Self.limits(record["limits"], reader)
        if listens, listen.isEmpty {
            reader.report(
                "the gateway would listen nowhere", at: nil,
                hint: "write listen: [\"tls://127.0.0.1:2376\"]")
        }
        guard !reader.hasErrors else { throw PolicyErrors(diagnostics: reader.diagnostics) }
    }

    private static func cgroup(_ node: Node?, _ reader: YAMLReader) -> String {
        guard let node else { return "quaymaster" }
        let name = reader.text(node, "cgroup") ?? ""
        let isPlain =
            !name.isEmpty && name.utf8.count <= 63
            && name.utf8.allSatisfy {
                0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-")
            }
        if !isPlain {
            reader.report(
                "\"\(name)\" is no name of a cgroup", at: node,
                hint: "small letters, digits and dashes; quaymaster unless said")
        }
        return name
    }

    private static func located(_ node: Node, _ reader: YAMLReader) -> Located? {
        reader.text(node, "an address").map { Located(text: $0, line: node.mark?.line ?? 0) }
    }

    private static func engine(_ node: Node?, _ reader: YAMLReader) -> Located {
        let engines = reader.list(node, "engines")
        if engines.count > 1 {
            reader.report("one engine is fronted for now", at: engines[1])
        }
        let usual = Located(text: "unix:///var/run/docker.sock", line: 0)
        guard let first = engines.first else { return usual }
        let record = reader.record(first, "an engine", known: ["name", "address"])
        guard let address = record["address"].flatMap({ located($0, reader) }) else {
            reader.report(
                "the engine has no address", at: first,
                hint: "write - {name: local, address: \"unix:///var/run/docker.sock\"}")
            return usual
        }
        return address
    }

    private static func names(_ node: Node?, _ reader: YAMLReader) -> [String] {
        reader.list(node, "names").compactMap { entry in
            guard let name = reader.text(entry, "a name") else { return nil }
            let isPlain = name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
            if !isPlain {
                reader.report(
                    "\"\(name)\" is no host's name", at: entry,
                    hint: "write it without port and wildcards, for example docker.example.com")
            }
            return name
        }
    }

    private static func trust(
        _ node: Node?, _ reader: YAMLReader, _ directory: URL
    ) -> [TrustedAuthority] {
        var names: Set<String> = [IssuerName.ours]
        return reader.list(node, "trust").compactMap { entry in
            let record = reader.record(entry, "an authority", known: ["name", "ca"])
            guard let name = reader.text(record["name"], "name"),
                let path = reader.text(record["ca"], "ca")
            else {
                reader.report(
                    "the authority has no name or no ca", at: entry,
                    hint: "write - {name: corp, ca: corp-ca.pem}")
                return nil
            }
            guard IdentityName.isValid(name) else {
                reader.report(
                    "\"\(name)\" is no name of an authority", at: entry,
                    hint: IdentityName.grammar)
                return nil
            }
            guard names.insert(name).inserted else {
                reader.report("the authority \"\(name)\" is ours or stands twice", at: entry)
                return nil
            }
            return TrustedAuthority(
                name: name, file: URL(fileURLWithPath: path, relativeTo: directory).absoluteURL)
        }
    }

    private static func count(_ node: Node, _ reader: YAMLReader) -> Int? {
        guard let number = node.int, number > 0 else {
            reader.report("perTenant is a whole number above zero", at: node)
            return nil
        }
        return number
    }

    private static func subnets(
        _ node: Node?, _ record: [String: Node], _ reader: YAMLReader
    ) -> SubnetPool? {
        guard let node else { return nil }
        if record["pool"] == nil, record["size"] == nil, !record.isEmpty { return nil }
        let hint = "for example networks: {pool: 10.211.0.0/16, size: 26}"
        guard let range = SubnetPool.Subnet(reader.text(record["pool"], "pool") ?? "") else {
            reader.report(
                "the pool is no range of IPv4 addresses", at: record["pool"] ?? node, hint: hint)
            return nil
        }
        guard let size = Optional(record["size"].map { $0.int ?? 0 } ?? 26),
            let pool = SubnetPool(range, size: size)
        else {
            reader.report(
                "the size is the prefix of each tenant's network: longer than the pool's by 16 at "
                    + "most, and 29 at most", at: record["size"] ?? node, hint: hint)
            return nil
        }
        return pool
    }

    private static func limits(_ node: Node?, _ reader: YAMLReader) -> [String: Int] {
        reader.record(node, "limits", known: limitNames).compactMapValues { value in
            guard let number = value.int, number > 0 else {
                reader.report("a limit is a whole number above zero", at: value)
                return nil
            }
            return number
        }
    }
}
