import Acts
import Policy
import Yams

/// Turns the networks that are offered to others into rules.
struct OfferCompiler {
    private let reader: YAMLReader
    private let tenants: Set<String>

    /// Makes a compiler.
    ///
    /// - Parameters:
    ///   - reader: Who is told what is wrong.
    ///   - tenants: The tenants that there are.
    init(_ reader: YAMLReader, tenants: Set<String>) {
        self.reader = reader
        self.tenants = tenants
    }

    /// Reads `offers: {network: {edge: [ci]}}`.
    ///
    /// - Parameters:
    ///   - node: The offers of one owner.
    ///   - owner: Whose networks they are; nil: the administrators'.
    ///   - earlier: The offers of others: a tenant knows no two networks by one name.
    /// - Returns: The offers.
    func read(_ node: Node?, of owner: String?, beside earlier: [NetworkOffer]) -> [NetworkOffer] {
        let record = reader.record(node, "offers", known: ["network"])
        if let node, tenants.count == 1 {
            reader.report(
                "an offer counts on a plane with several tenants", at: node, severity: .warning)
        }
        return reader.pairs(record["network"], "network").compactMap { name, value in
            guard let word = reader.text(name, "a network"), isOfferable(word, name) else {
                return nil
            }
            let offered = reader.list(value, "the tenants of \(word)").compactMap { entry in
                tenant(entry, of: owner, word, beside: earlier)
            }
            if offered.isEmpty, reader.list(value, "").isEmpty {
                reader.report(
                    "the network \"\(word)\" is offered to nobody", at: value,
                    hint: "name tenants: \(word): [\(tenants.sorted().joined(separator: ", "))]")
            }
            return NetworkOffer(
                owner: owner, name: word, tenants: Set(offered),
                location: Location(file: reader.file, line: name.mark?.line ?? 0))
        }
    }

    private func tenant(
        _ node: Node, of owner: String?, _ network: String, beside earlier: [NetworkOffer]
    ) -> String? {
        guard let word = reader.text(node, "a tenant") else { return nil }
        guard tenants.contains(word) else {
            reader.report(
                "unknown tenant \"\(word)\"", at: node,
                hint: Suggestion.hint(for: word, among: Array(tenants)))
            return nil
        }
        guard word != owner else {
            reader.report(
                "the network \"\(network)\" is the tenant \(word)'s own", at: node,
                hint: "leave it out")
            return nil
        }
        let other = earlier.first { $0.name == network && $0.tenants.contains(word) }
        if let other {
            reader.report(
                "another network \"\(network)\" is offered to \(word) (\(other.location))",
                at: node,
                hint: "give one of them another name")
            return nil
        }
        return word
    }

    /// Engines' own networks, and those that stand for them, are nobody's to offer.
    private func isOfferable(_ name: String, _ node: Node) -> Bool {
        guard let first = name.utf8.first, Self.isWord(first), name.utf8.allSatisfy(Self.isOfName)
        else {
            reader.report(
                "\"\(name)\" is no name of a network", at: node,
                hint: "letters, digits, dots, dashes and underscores")
            return false
        }
        guard !Policy.isReserved(network: name.lowercased()) else {
            reader.report(
                "the network \"\(name)\" cannot be offered", at: node,
                hint: "make one for it: docker network create NAME")
            return false
        }
        return true
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        isWord(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
    }
}
