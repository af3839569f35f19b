// Changes of names, of order and of size.
extension BodyDraft {
    /// Spells a name so that Go takes it for the same field, or nearly so.
    mutating func foldName(_ random: inout Seeded) {
        let folding = random.next()
        changeMember(&random) { members, index, _ in
            members[index].name = Spelling.folding(members[index].name, folding)
        }
    }

    /// Writes a member once more, before or after itself, under the same name or one that folds alike.
    mutating func duplicate(_ random: inout Seeded) {
        let folding = random.next()
        let isFolded = random.chance(50)
        let isFirst = random.chance(50)
        let kind = random.below(4)
        let harm = random.pick(FieldTable.dangerous)
        let harmful = Node(parsing: random.pick(harm.harmful))
        changeMember(&random) { members, index, _ in
            var copy = members[index]
            if isFolded { copy.name = Spelling.folding(copy.name, folding) }
            switch kind {
            case 0: copy.value = .raw("null")
            case 1: copy.value = harmful
            case 2:
                // The harmful field inside an object that stands twice.
                if case .object(var own) = copy.value {
                    own = [Node.Member(harm.path.last ?? "", harmful)]
                    copy.value = .object(own)
                }
            default: break
            }
            members.insert(copy, at: isFirst ? index : index + 1)
        }
    }

    /// A list that stands twice keeps parts of its old elements where the new ones say nothing.
    mutating func repeatList(_ random: inout Seeded) {
        let folding = random.next()
        let lists: [(String, [String])] = [
            (
                "Mounts",
                [
                    #"[{"Type":"bind","Source":"/","Target":"/a"}]"#, #"[{"Target":"/b"}]"#, "[]",
                    #"[{"Type":"tmpfs","Target":"/t"},{"Target":"/u"}]"#, "null",
                ]
            ),
            ("Ulimits", [#"[{"Name":"nofile","Hard":99999999}]"#, #"[{"Soft":1}]"#, "[]", "[null]"]),
            ("Devices", [#"[{"PathOnHost":"/dev/sda"}]"#, #"[{"CgroupPermissions":"r"}]"#, "[]"]),
            ("CapAdd", [#"["SYS_ADMIN"]"#, "[]", "null", #""CHOWN""#, "[null]"]),
            ("Binds", [#"["/:/host"]"#, "[null]", "[]", #"["v:/d",null]"#]),
        ]
        let list = random.pick(lists)
        var members: [Node.Member] = []
        if case .object(let own) = root { members = own }
        let index = members.firstIndex { $0.isNamed("HostConfig") }
        var host: [Node.Member] = []
        if let index, case .object(let own) = members[index].value { host = own }
        for _ in 0..<(1 + random.below(3)) {
            var member = Node.Member(list.0, Node(parsing: random.pick(list.1)))
            if random.chance(30) { member.name = Spelling.folding(member.name, folding) }
            host.append(member)
        }
        root.set(["HostConfig"], .object(host))
    }

    /// A name that no engine knows yet, or that only looks like one of its names.
    mutating func addUnknown(_ random: inout Seeded) {
        let name = random.pick([
            "Future", "Privileged ", "Pr\u{131}vileged", "Privileged\\u0000", "HostConfig.Privileged",
            "__proto__", "", "host_config", "Capabilities", "NetworkingConfiguration", "hostconfig2",
        ])
        let value = random.pick(["true", "null", "{}", "[]", #"{"a":[1,{"b":null}]}"#])
        changeMember(&random) { members, index, _ in
            members.insert(Node.Member(name, Node(parsing: value)), at: index)
        }
    }

    /// Lists or objects in each other.
    mutating func nest(_ random: inout Seeded) {
        let depth = 1 + random.below(40)
        let isList = random.chance(50)
        var node = Node.raw(random.pick(["null", "1", #""x""#]))
        for _ in 0..<depth { node = isList ? .list([node]) : .object([Node.Member("a", node)]) }
        let field = random.chance(50) ? FieldTable("Future", []) : random.pick(FieldTable.all)
        root.set(field.path[...], node)
    }

    /// Lists of many elements, strings of many bytes, objects of many members.
    mutating func oversize(_ random: inout Seeded) {
        // The largest are rare: they cost as much as a thousand others.
        let count = random.chance(2) ? 70_000 : random.pick([100, 500, 1500])
        let text = Node.raw(#""v""#)
        switch random.below(4) {
        case 0: root.set(["Env"], .list(Array(repeating: text, count: count)))
        case 1:
            root.set(
                ["Labels"], .object((0..<count).map { Node.Member("l\($0)", text) }))
        case 2: root.set(["WorkingDir"], .raw("\"/" + String(repeating: "d", count: count) + "\""))
        default:
            root.set(
                ["HostConfig", "Binds"], .list((0..<count).map { .raw("\"v\($0):/v\($0)\"") }))
        }
    }

    /// Writes the members of an object in another order.
    mutating func shuffle(_ random: inout Seeded) {
        changeMember(&random) { members, _, random in members.shuffle(using: &random) }
    }

    /// Writes a literal that is a string in another way.
    mutating func respell(
        _ random: inout Seeded, _ change: ([UInt8], inout Seeded) -> [UInt8]
    ) {
        // Half of the time a name, which is where spelling hides most.
        if random.chance(50) {
            return changeMember(&random) { members, index, random in
                members[index].name = change(members[index].name, &random)
            }
        }
        let count = root.literalCount
        if count == 0 { return }
        let number = random.below(count)
        root.changeLiteral(number) { literal in
            guard literal.first == UInt8(ascii: "\"") else { return }
            literal = change(literal, &random)
        }
    }

    private mutating func changeMember(
        _ random: inout Seeded, _ change: (inout [Node.Member], Int, inout Seeded) -> Void
    ) {
        let count = root.memberCount
        if count == 0 { return }
        let number = random.below(count)
        root.changeMember(number) { change(&$0, $1, &random) }
    }
}
