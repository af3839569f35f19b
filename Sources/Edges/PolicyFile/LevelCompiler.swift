import Acts
import Policy
import Yams

/// Turns one level of a policy file into a rule.
struct LevelCompiler {
    private let reader: YAMLReader

    private static let keys = [
        "extends", "mounts", "ports", "capabilities", "devices", "sysctls", "runtimes",
        "logDrivers", "addresses", "publish", "images", "registries", "fetches", "pids",
        "newPrivileges", "socket",
    ]

    init(_ reader: YAMLReader) {
        self.reader = reader
    }

    /// Reads a level.
    func level(_ name: String, _ nameNode: Node, _ value: Node) -> Level {
        let record = reader.record(value, "level \"\(name)\"", known: Self.keys)
        var level = Level(
            name: name, extends: standard(record["extends"], at: nameNode),
            location: Location(file: reader.file, line: nameNode.mark?.line ?? 0))
        let mounts = reader.record(record["mounts"], "mounts", known: ["bind"])
        level.binds = reader.list(mounts["bind"], "bind").compactMap(bind)
        if let ports = record["ports"] {
            level.ports = reader.list(ports, "ports").compactMap(range)
        }
        level.capabilities = Set(
            reader.texts(record["capabilities"], "capabilities").map { text in
                let upper = text.uppercased()
                return upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
            })
        level.devices = Set(reader.texts(record["devices"], "devices"))
        level.sysctls = Set(reader.texts(record["sysctls"], "sysctls"))
        level.runtimes = Set(reader.texts(record["runtimes"], "runtimes"))
        level.logDrivers = Set(reader.texts(record["logDrivers"], "logDrivers"))
        level.addresses = Set(reader.texts(record["addresses"], "addresses"))
        if let publish = record["publish"] {
            level.publishes = PublishedCompiler(reader).addresses(publish)
            if let node = record["addresses"] {
                reader.report(
                    "addresses adds to every address, and publish names the only ones", at: node,
                    hint: "name them all under publish")
            }
        }
        level.registries = Set(reader.texts(record["registries"], "registries"))
        level.fetches = patterns(record["fetches"], "fetches")
        readImages(record["images"], into: &level)
        level.processes = number(record["pids"])
        level.ownsSocket = ownsSocket(record["socket"])
        level.gainsPrivileges = reader.bool(record["newPrivileges"], "newPrivileges") ?? false
        return level
    }

    private func readImages(_ node: Node?, into level: inout Level) {
        guard let node else { return }
        let images = reader.record(node, "images", known: ["from", "pin"])
        if let from = images["from"] {
            level.images = reader.list(from, "from").flatMap { node -> [NamePattern] in
                let text = reader.text(node, "an image") ?? ""
                // A star in the host would take part of somebody else's path for it.
                let host = text.split(separator: "/", maxSplits: 1).first ?? ""
                if text.contains("/"), host.contains("*"), host != text {
                    reader.report(
                        "\"\(text)\" has a star in its host", at: node,
                        hint: "write the host out, or \"**\" for any image")
                    return []
                }
                return Self.imagePatterns(text)
            }
        }
        guard let pin = images["pin"] else { return }
        level.pinsImages = pin.string == "digest"
        if !level.pinsImages { reader.report("pin is digest, or left out", at: pin) }
    }

    /// Addresses with a star nowhere before their path.
    private func patterns(_ node: Node?, _ what: String) -> [NamePattern] {
        reader.list(node, what).compactMap { node in
            let text = reader.text(node, what) ?? ""
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            let authority = parts.prefix(3).joined(separator: "/")
            guard parts.count > 3, !authority.contains("*") else {
                reader.report(
                    "\"\(text)\" is no address whose host is written out", at: node,
                    hint: "for example https://files.example.com/*")
                return nil
            }
            return NamePattern(text)
        }
    }

    /// A pattern in the spelling in which images are judged: `alpine` is any tag or digest of
    /// `docker.io/library/alpine`.
    private static func imagePatterns(_ text: String) -> [NamePattern] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        var name = text
        if let first = parts.first, !text.hasPrefix("*") {
            let isHost = first.contains(".") || first.contains(":") || first == "localhost"
            if parts.count == 1 {
                name = "docker.io/library/" + text
            } else if !isHost {
                name = "docker.io/" + text
            }
        }
        let last = parts.last ?? ""
        if last.contains(":") || last.contains("@") || last.hasSuffix("*") {
            return [NamePattern(name)]
        }
        return [NamePattern(name + ":*"), NamePattern(name + "@*")]
    }

    private func number(_ node: Node?) -> Int64? {
        guard let node else { return nil }
        guard let value = node.int, value > 0 else {
            reader.report("pids is a whole number above zero", at: node)
            return nil
        }
        return Int64(value)
    }

    private func ownsSocket(_ node: Node?) -> Bool {
        guard let node else { return false }
        if node.string == "own" { return true }
        reader.report(
            "socket is own, or left out", at: node,
            hint: "own binds the identity's own socket in the place of the engine's")
        return false
    }

    private func standard(_ node: Node?, at name: Node) -> Level.Standard {
        let known = Level.Standard.allCases.map(\.rawValue)
        guard let node else {
            reader.report(
                "the level extends nothing", at: name, hint: "write extends: baseline")
            return .restricted
        }
        let word = reader.text(node, "extends") ?? ""
        guard let standard = Level.Standard(rawValue: word) else {
            reader.report(
                "unknown level \"\(word)\"", at: node,
                hint: Suggestion.hint(for: word, among: known))
            return .restricted
        }
        return standard
    }

    private func bind(_ node: Node) -> Level.BindAllowance? {
        let record = reader.record(node, "a bind", known: ["from", "to", "readOnly"])
        guard let from = reader.text(record["from"], "from") else {
            reader.report("the bind has no \"from\"", at: node)
            return nil
        }
        guard HostPath.isCanonical(from), from != "/" else {
            reader.report(
                "\"\(from)\" is no path that may be bound", at: record["from"],
                hint: "an absolute path without empty, '.' and '..' parts, and not /")
            return nil
        }
        return Level.BindAllowance(
            from: from, to: record["to"].flatMap { reader.text($0, "to") },
            readOnly: reader.bool(record["readOnly"], "readOnly") ?? false)
    }

    private func range(_ node: Node) -> ClosedRange<Int>? {
        let text = reader.text(node, "a port") ?? ""
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
            first <= last, first >= 1, last <= 65_535
        else {
            reader.report(
                "\"\(text)\" is no port or range of ports", at: node,
                hint: "for example \"8080\" or \"8000-8999\"")
            return nil
        }
        return first...last
    }
}
