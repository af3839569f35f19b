import Acts
import Policy
import ShellGrammar
import Yams

/// Turns the nodes of a policy file into rules, section by section.
struct PolicyCompiler {
    let reader: YAMLReader
    /// The names of the authorities that are trusted beside ours; nil when that is not known.
    let trusted: Set<String>?
    private(set) var levels: [String: Level] = [:]
    private(set) var zones: [String: Zone] = [:]
    private(set) var tenants: [String: Zone] = [:]
    private(set) var labels: [String: [NamePattern]] = [:]
    private(set) var roles: [String: VerbSet] = [:]
    private(set) var identities: [String: Set<UInt32>] = [:]
    private(set) var certificates = CertificateMappings()
    private(set) var bounds: [Taker: [Means: Int]] = [:]
    private(set) var quotas: [String: Quota] = [:]
    private(set) var offers: [NetworkOffer] = []
    private(set) var grants: [String: [Grant]] = [:]
    private(set) var shellRoles = RoleTable.builtIn

    /// A class of trust that tenants live in.
    struct Zone {
        /// The level that every tenant of the zone is held to.
        let level: Level
        /// The runtime that its containers get; nil: the engine's default.
        let runtime: String?

        /// Where nothing is said, grants alone decide.
        static let open = Zone(level: .builtIn(.privileged), runtime: nil)
    }

    private static let sections = [
        "levels", "zones", "tenants", "offers", "roles", "shell", "identities", "grants",
    ]

    init(_ reader: YAMLReader, trusted: Set<String>?) {
        self.reader = reader
        self.trusted = trusted
        for standard in Level.Standard.allCases {
            levels[standard.rawValue] = .builtIn(standard)
        }
    }

    /// Reads a whole file; what is wrong is reported to the reader.
    mutating func read(_ text: String, issued: Set<String>?) {
        guard let document = reader.document(text) else { return }
        let sections = reader.record(document, "the policy", known: Self.sections)
        readLevels(sections["levels"])
        readZones(sections["zones"])
        readTenants(sections["tenants"], of: document)
        readOffers(sections["tenants"], sections["offers"])
        readRoles(sections["roles"])
        shellRoles = RoleTable(adding: ShellRoleCompiler(reader).read(sections["shell"]))
        readIdentities(sections["identities"])
        for node in reader.list(sections["grants"], "grants") { readGrant(node, issued: issued) }
    }

    // MARK: Levels, zones and tenants

    private mutating func readLevels(_ node: Node?) {
        for (name, value) in reader.pairs(node, "levels") {
            let word = name.string ?? ""
            guard isFree(word, name, among: Array(levels.keys), "level") else { continue }
            levels[word] = LevelCompiler(reader).level(word, name, value)
        }
    }

    private mutating func readZones(_ node: Node?) {
        for (name, value) in reader.pairs(node, "zones") {
            let word = name.string ?? ""
            guard isFree(word, name, among: Array(zones.keys), "zone") else { continue }
            let record = reader.record(value, "zone \"\(word)\"", known: ["level", "runtime"])
            zones[word] = Zone(
                level: level(record["level"]) ?? .builtIn(.baseline),
                runtime: record["runtime"].flatMap { reader.text($0, "runtime") })
        }
    }

    private mutating func readTenants(_ node: Node?, of document: Node) {
        for (name, value) in reader.pairs(node, "tenants") {
            let word = name.string ?? ""
            guard isFree(word, name, among: Array(tenants.keys), "tenant") else { continue }
            guard Self.isTenantName(word) else {
                reader.report(
                    "\"\(word)\" is no tenant's name", at: name,
                    hint: "a letter, then up to 19 letters, digits and dashes, all small")
                continue
            }
            let record = reader.record(
                value, "tenant \"\(word)\"", known: ["zone", "labels", "limits", "quota", "offers"])
            if let node = record["labels"] {
                labels[word] = reader.texts(node, "labels").map { NamePattern($0) }
            }
            bounds[.tenant(word)] = reader.limits(
                record["limits"], of: Means.allCases.filter(\.isTenants))
            quotas[word] = reader.quota(record["quota"])
            tenants[word] = .open
            if let zone = named(record["zone"], in: zones, "zone") { tenants[word] = zone }
        }
        if tenants.count == 1, !quotas.isEmpty {
            reader.report(
                "a quota counts on a plane with several tenants", at: node, severity: .warning)
        }
        if tenants.isEmpty {
            reader.report(
                "there is no tenant", at: node ?? document, hint: "write tenants: {local: {}}")
        }
    }

    /// Tenants may be named before they stand in the file.
    private mutating func readOffers(_ tenants: Node?, _ administrators: Node?) {
        let compiler = OfferCompiler(reader, tenants: Set(self.tenants.keys))
        for (name, value) in tenants?.mapping.map(Array.init) ?? [] {
            guard let word = name.string, self.tenants[word] != nil else { continue }
            offers += compiler.read(value.mapping?["offers"], of: word, beside: offers)
        }
        offers += compiler.read(administrators, of: nil, beside: offers)
    }

    private static func isTenantName(_ text: String) -> Bool {
        guard let first = text.utf8.first, 0x61...0x7A ~= first, text.utf8.count <= 20 else {
            return false
        }
        return text.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D }
    }

    // MARK: Roles and identities

    private mutating func readRoles(_ node: Node?) {
        for (name, value) in reader.pairs(node, "roles") {
            let word = name.string ?? ""
            guard isFree(word, name, among: Array(roles.keys), "role") else { continue }
            if Acts.Verb(rawValue: word) != nil {
                reader.report("\"\(word)\" is a verb; a role needs another name", at: name)
                continue
            }
            roles[word] = verbs(reader.list(value, "role \"\(word)\""), allowingRoles: false)
        }
    }

    private func verbs(_ nodes: [Node], allowingRoles: Bool) -> VerbSet {
        var set = VerbSet()
        for node in nodes {
            let word = node.string ?? ""
            if word == "*" {
                set = .all
            } else if let verb = Acts.Verb(rawValue: word) {
                set = set.union(VerbSet([verb]))
            } else if allowingRoles, let role = roles[word] {
                set = set.union(role)
            } else {
                let known = Verb.allCases.map(\.rawValue) + (allowingRoles ? Array(roles.keys) : [])
                reader.report(
                    "unknown \(allowingRoles ? "verb or role" : "verb") \"\(word)\"", at: node,
                    hint: Suggestion.hint(for: word, among: known)
                        + "  `quaymaster policy verbs` explains them")
            }
        }
        return set
    }

    private mutating func readIdentities(_ node: Node?) {
        for (name, value) in reader.pairs(node, "identities") {
            let word = name.string ?? ""
            guard isFree(word, name, among: Array(identities.keys), "identity") else { continue }
            let record = reader.record(
                value, "identity \"\(word)\"", known: ["unixUser", "certificate", "limits"])
            bounds[.identity(word)] = reader.limits(record["limits"], of: Means.allCases)
            CertificateCompiler(reader: reader, trusted: trusted)
                .read(record["certificate"], of: word, into: &certificates)
            var users: Set<UInt32> = []
            for user in reader.list(record["unixUser"], "unixUser") {
                guard let id = user.string.flatMap({ UInt32($0) }) else {
                    reader.report(
                        "unixUser must be a user's number", at: user,
                        hint: "`id -u NAME` prints it; a container's root is 0")
                    continue
                }
                users.insert(id)
            }
            identities[word] = users
        }
    }

    // MARK: Grants

    private mutating func readGrant(_ node: Node, issued: Set<String>?) {
        let record = reader.record(
            node, "a grant",
            known: [
                "to", "may", "in", "level", "mode", "hide", "shell", "needs", "exec", "record",
            ])
        for key in ["to", "may", "in"] where record[key] == nil {
            reader.report("the grant has no \"\(key)\"", at: node)
        }
        let verbs = verbs(reader.list(record["may"], "may"), allowingRoles: true)
        if let mode = record["mode"], mode.string != "enforce" {
            reader.report("the only mode so far is enforce", at: mode)
        }
        guard let (scope, zone) = scope(record["in"]) else { return }
        let own = level(record["level"]) ?? .builtIn(.baseline)
        warnIfUnreachable(own, zone.level, at: record["level"])
        PublishedCompiler(reader).check(own, zone.level, at: record["level"] ?? node)
        let location = Location(file: reader.file, line: node.mark?.line ?? 0)
        let grant = Grant(
            verbs: verbs, scope: scope, levels: zone.level == own ? [own] : [own, zone.level],
            runtime: zone.runtime, hides: HideCompiler(reader).read(record["hide"], verbs),
            shell: ShellCompiler(reader, shellRoles)
                .read(record["shell"], needs: record["needs"], verbs),
            exec: ExecCompiler(reader).read(record["exec"], record: record["record"], verbs),
            location: location)
        for to in reader.list(record["to"], "to") {
            guard let name = reader.text(to, "to") else { continue }
            warnIfUnknown(name, issued, at: to)
            HideCompiler(reader).warnIfShown(grant, beside: grants[name] ?? [], at: to)
            grants[name, default: []].append(grant)
        }
    }

    private func scope(_ node: Node?) -> (Grant.Scope, Zone)? {
        guard let node, let word = reader.text(node, "in") else { return nil }
        if word == "*" { return (.everything, .open) }
        guard let zone = named(node, in: tenants, "tenant") else { return nil }
        return (.tenant(word), zone)
    }

    private func warnIfUnreachable(_ own: Level, _ zone: Level, at node: Node?) {
        let order = Level.Standard.allCases
        guard let node, let wanted = order.firstIndex(of: own.standard),
            let bound = order.firstIndex(of: zone.standard), wanted < bound
        else { return }
        reader.report(
            "the level \(own.name) cannot be reached: the tenant's zone holds it to \(zone.name)",
            at: node, severity: .warning)
    }

    private func warnIfUnknown(_ name: String, _ issued: Set<String>?, at node: Node) {
        guard let issued, identities[name] == nil, !issued.contains(name) else { return }
        reader.report(
            "the identity \"\(name)\" is not declared and has no certificate yet", at: node,
            hint: "`quaymaster identity issue \(name)` makes one", severity: .warning)
    }

    // MARK: Names

    private func level(_ node: Node?) -> Level? {
        named(node, in: levels, "level")
    }

    private func named<Value>(_ node: Node?, in known: [String: Value], _ what: String) -> Value? {
        guard let node, let word = reader.text(node, what) else { return nil }
        if let value = known[word] { return value }
        reader.report(
            "unknown \(what) \"\(word)\"", at: node,
            hint: known.isEmpty
                ? "none is defined" : Suggestion.hint(for: word, among: Array(known.keys)))
        return nil
    }

    private func isFree(
        _ word: String, _ node: Node, among taken: [String], _ what: String
    ) -> Bool {
        guard IdentityName.isValid(word) else {
            reader.report(
                "\"\(word)\" is no name of a \(what)", at: node, hint: IdentityName.grammar)
            return false
        }
        guard !taken.contains(word) else {
            reader.report("the \(what) \"\(word)\" is built in or stands twice", at: node)
            return false
        }
        return true
    }
}
