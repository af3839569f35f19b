import EngineAPI
import JSON
import Testing

/// Lists of containers and events, evaluated as engines do.
@Suite struct InventoryTests {
    private static let second: Int64 = 1_000_000_000
    private static let made: Int64 = 1_795_555_327 * second

    private func json(_ text: String) throws -> JSONValue {
        try JSONReader.value(of: Array(text.utf8))
    }

    private func id(_ number: Int) -> String {
        String(repeating: "0", count: 62) + String(number + 16, radix: 16)
    }

    /// A container as an engine would show it.
    private func row(
        _ number: Int, _ name: String, state: String = "running", status: String = "Up 5 minutes",
        labels: String = "{}", inspectedState: String? = nil, more: String = ""
    ) throws -> ContainerRow {
        let item = try json(
            #"{"Id":"\#(id(number))","Image":"bb:1","ImageID":"sha256:1","Labels":\#(labels),"#
                + #""State":"\#(state)","Status":"\#(status)"\#(more)}"#)
        let inspected = try json(
            #"{"Name":"/\#(name)","Created":"2026-11-24T21:22:07.\#(100 + number)Z","Config":{"Image":"bb:1"},"#
                + #""State":{"Status":"\#(inspectedState ?? state)","ExitCode":3,"#
                + #""StartedAt":"2026-11-24T21:22:07Z","FinishedAt":"2026-11-24T21:22:07Z"}}"#)
        let seen = Self.made + 300 * Self.second
        return try #require(ContainerRow(item, inspected, seen: seen...seen))
    }

    private func text(_ row: ContainerRow, in version: APIVersion, after seconds: Int64) -> String {
        var bytes: [UInt8] = []
        row.append(to: &bytes, in: version, at: Self.made + seconds * Self.second)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-24T21:22:07.5Z", 1_795_555_327_500_000_000),
            ("2026-11-24T22:22:07.000000001+01:00", 1_795_555_327_000_000_001),
            ("2000-02-29T00:00:00Z", 951_782_400_000_000_000), ("0001-01-01T00:00:00Z", nil), ("", nil),
            ("2026-11-24", nil), ("2026-11-24T21:22:07", nil), ("2026-13-24T21:22:07Z", nil),
            ("2026-11-24T21:22:07.Z", nil), ("2026-11-24T21:22:07.1234567890Z", nil),
        ] as [(String, Int64?)])
    func timesAreRead(text: String, expected: Int64?) {
        #expect(EngineTime.nanoseconds(text) == expected)
    }

    @Test(
        arguments: [
            (0, "Up Less than a second"), (1, "Up 1 second"), (59, "Up 59 seconds"),
            (60, "Up About a minute"), (119, "Up About a minute"), (120, "Up 2 minutes"),
            (3599, "Up 59 minutes"), (3600, "Up About an hour"), (5399, "Up About an hour"),
            (5400, "Up 2 hours"), (47 * 3600, "Up 47 hours"), (48 * 3600, "Up 2 days"),
            (14 * 86_400, "Up 2 weeks"), (60 * 86_400, "Up 2 months"), (730 * 86_400, "Up 2 years"),
            (-5, "Up Less than a second"),
        ] as [(Int64, String)])
    func theTimeInAStatusIsSaidAnew(seconds: Int64, expected: String) throws {
        let shown = text(try row(0, "web"), in: APIVersion(minor: 41), after: seconds)
        #expect(shown.contains("\"Status\":\"\(expected)\""), "\(shown)")
    }

    @Test(arguments: [
        ("running", "Up 5 minutes (healthy)", "Up 2 hours (healthy)"),
        ("paused", "Up 5 minutes (Paused)", "Up 2 hours (Paused)"),
        ("exited", "Exited (3) 5 minutes ago", "Exited (3) 2 hours ago"),
        ("restarting", "Restarting (3) 5 minutes ago", "Restarting (3) 2 hours ago"),
        ("created", "Created", "Created"), ("removing", "Removal In Progress", "Removal In Progress"),
    ])
    func theEnginesWordsAreKept(state: String, status: String, later: String) throws {
        let row = try row(0, "web", state: state, status: status)
        #expect(row.isSure)
        #expect(text(row, in: APIVersion(minor: 41), after: 7200).contains("\"\(later)\""))
    }

    /// What does not fit together is the engine's to say.
    @Test func whatIsNotUnderstoodIsNotSure() throws {
        #expect(try !row(0, "web", status: "Up 3 hours").isSure)
        #expect(try !row(0, "web", status: "Up for ever").isSure)
        #expect(try !row(0, "web", state: "running", inspectedState: "exited").isSure)
        let item = try json(#"{"Id":"\#(id(0))","State":"created","Status":"Created"}"#)
        #expect(try #require(ContainerRow(item, nil, seen: 0...1)).isSure == false)
        #expect(ContainerRow(try json("{}"), nil, seen: 0...1) == nil)
    }

    @Test func olderVersionsLeaveOutWhatTheyDoNotKnow() throws {
        let more = #","HostConfig":{"NetworkMode":"a","Annotations":{"x":"y"}},"ImageManifestDescriptor":{}"#
        let row = try row(0, "web", more: more)
        func shows(_ minor: Int) -> [Bool] {
            let text = text(row, in: APIVersion(minor: minor), after: 1)
            return ["Annotations", "ImageManifestDescriptor"].map(text.contains)
        }
        #expect(shows(51) == [true, true])
        #expect(shows(47) == [true, false])
        #expect(shows(45) == [false, false])
    }

    private struct Row: Sendable {
        let query: String
        /// nil: the engine is asked.
        let names: [String]?
    }

    @Test(arguments: [
        Row(query: "", names: ["c", "a"]), Row(query: "all=1", names: ["c", "b", "a"]),
        Row(query: "limit=2", names: ["c", "b"]), Row(query: "all=1&size=1", names: nil),
        Row(query: #"{"label":["x"]}"#, names: ["c", "a"]), Row(query: #"{"label":["x=1"]}"#, names: ["a"]),
        Row(query: #"{"label":["x=1","y"]}"#, names: []), Row(query: #"{"label!":["x"]}"#, names: nil),
        Row(query: #"{"status":["exited"]}"#, names: ["b"]), Row(query: #"{"status":["gone"]}"#, names: nil),
        Row(query: #"{"exited":["3"]}"#, names: ["b"]), Row(query: #"{"exited":["x"]}"#, names: nil),
        Row(query: #"{"name":["^/b$"]}"#, names: ["b"]), Row(query: #"{"name":["^b"]}"#, names: ["b"]),
        Row(query: #"{"name":["b|c"]}"#, names: nil), Row(query: #"{"name":["/"]}"#, names: ["c", "b", "a"]),
        Row(query: #"{"before":["b"]}"#, names: ["a"]), Row(query: #"{"since":["b"]}"#, names: ["c"]),
        Row(query: #"{"before":["none"]}"#, names: nil), Row(query: #"{"ancestor":["bb:1"]}"#, names: nil),
        Row(query: #"{"is-task":["true"]}"#, names: nil), Row(query: #"{"health":["none"]}"#, names: ["c", "b", "a"]),
        Row(query: #"{"health":["fine"]}"#, names: nil), Row(query: #"{"label":{}}"#, names: nil),
        Row(query: #"{"id":["0000"]}"#, names: []), Row(query: #"{"publish":["80:80"]}"#, names: nil),
        Row(query: #"{"publish":["80"]}"#, names: ["a"]), Row(query: #"{"publish":["80/udp"]}"#, names: []),
        Row(query: #"{"publish":["81-65535","8/udp"]}"#, names: []), Row(query: #"{"expose":["1-65535"]}"#, names: ["a"]),
        Row(query: #"{"expose":["1-79/tcp","81-90"]}"#, names: []), Row(query: #"{"publish":["90-80"]}"#, names: nil),
    ])
    private func listsAreSelected(row expected: Row) throws {
        let table = ContainerTable([
            try row(
                0, "a", labels: #"{"x":"1"}"#,
                more: #","Ports":[{"PrivatePort":80,"PublicPort":80,"Type":"tcp"}]"#),
            try row(1, "b", state: "exited", status: "Exited (3) 5 minutes ago"),
            try row(2, "c", labels: #"{"x":"2","y":""}"#),
        ])
        let isFilter = expected.query.hasPrefix("{")
        let encoded = expected.query.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        let query = isFilter ? "all=1&filters=" + encoded.joined() : expected.query
        let asked = ContainerQuery(target: "/v1.41/containers/json" + (query.isEmpty ? "" : "?" + query))
        let found = asked?.select(table.rows)
        let ids = ["a": id(0), "b": id(1), "c": id(2)]
        #expect(found?.map(\.id) == expected.names?.compactMap { ids[$0] })
    }

    /// What a filter spans costs nothing: made into single ports this would be 67 million.
    @Test func rangesOfPortsAreKeptAsTheyAre() throws {
        let values = (0..<1024).map { "\"\($0 + 1)-65535\"" }.joined(separator: ",")
        let encoded = "{\"publish\":[\(values)]}".utf8
            .map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let query = ContainerQuery(target: "/v1.41/containers/json?filters=\(encoded)")
        #expect(query?.select([try row(0, "a")])?.isEmpty ?? true)
    }

    @Test func whatIsNotSureIsAskedForByThoseWhoWouldSeeIt() throws {
        let table = ContainerTable([
            try row(0, "a", labels: #"{"t":"red"}"#),
            try row(1, "b", status: "Up for ever", labels: #"{"t":"blue"}"#),
        ])
        func select(_ tenant: String) -> [String]? {
            let target = "/v1.41/containers/json?filters=%7B%22label%22%3A%5B%22t%3D\(tenant)%22%5D%7D"
            return ContainerQuery(target: target)?.select(table.rows)?.map(\.id)
        }
        #expect(select("red") == [id(0)])
        #expect(select("blue") == nil)
        #expect(ContainerQuery(target: "/v1.41/containers/json")?.select(table.rows) == nil)
        #expect(ContainerQuery(target: "/v1.41/images/json") == nil)
    }

    @Test func theTableKeepsItsOrder() throws {
        var table = ContainerTable([try row(1, "b"), try row(3, "d")])
        table.put(try row(2, "c"))
        table.put(try row(1, "b2"))
        table.put(try row(0, "a"))
        #expect(table.rows.map(\.id) == [3, 2, 1, 0].map(id))
        #expect(table.meant(by: "b").isEmpty)
        #expect(table.meant(by: "b2").map(\.id) == [id(1)])
        #expect(table.meant(by: "/a").map(\.id) == [id(0)])
        table.remove(id(2))
        #expect(table.rows.count == 3 && table[id(2)] == nil)
        #expect(table.named(after: ["docker.io/library/bb:1"], ids: []).count == 3)
        #expect(table.named(after: ["bb:2"], ids: []).isEmpty)
        #expect(table.named(after: ["bb:2"], ids: ["sha256:1"]).count == 3)
        #expect(table.named(after: nil, ids: []).count == 3)
    }

    private static let event = #"""
        {"status":"exec_start: sh","Type":"container","Action":"exec_start: sh","Actor":{"ID":"abc",\#
        "Attributes":{"name":"web","x":"y"}},"scope":"local","timeNano":7}
        """#

    @Test(
        arguments: [
            ("", true), (#"{"type":["container"]}"#, true), (#"{"type":["image"]}"#, false),
            (#"{"event":["exec_start"]}"#, true), (#"{"event":["exec_start: sh"]}"#, true),
            (#"{"event":["exec_start: s"]}"#, false), (#"{"event":["start"]}"#, false),
            (#"{"container":["we"]}"#, true), (#"{"container":["ab"]}"#, true), (#"{"container":["b"]}"#, false),
            (#"{"network":["net"]}"#, false), (#"{"label":["x"]}"#, true), (#"{"label":["x=z"]}"#, false),
            (#"{"scope":["swarm"]}"#, false), (#"{"image":["bb"]}"#, nil), (#"{"odd":["x"]}"#, nil),
            (#"{"type":[]}"#, nil),
        ] as [(String, Bool?)])
    func eventsAreSelected(filters: String, expected: Bool?) throws {
        let event = try #require(EngineEvent(Array(Self.event.utf8)))
        let encoded = filters.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let query = EventQuery(target: "/v1.41/events" + (filters.isEmpty ? "" : "?filters=" + encoded))
        #expect(query.map { $0.includes(event) } == expected)
    }

    @Test func thePastIsTheEngines() {
        #expect(EventQuery(target: "/v1.41/events?since=1") == nil)
        #expect(EventQuery(target: "/v1.41/events?until=1") == nil)
        #expect(EventQuery(target: "/v1.41/info") == nil)
    }

    @Test(
        arguments: [
            ("container", "start", .container("abc")), ("container", "exec_start: sh", .nothing),
            ("container", "health_status: healthy", .container("abc")), ("container", "top", .nothing),
            ("network", "connect", .container("c1")), ("image", "push", .nothing), ("volume", "mount", .nothing),
            ("image", "tag", .images(names: ["abc", "web"], ids: ["abc"])),
        ] as [(String, String, EngineEvent.Change)])
    func eventsTellWhatHasChanged(type: String, action: String, expected: EngineEvent.Change) throws {
        let line = #"{"Type":"\#(type)","Action":"\#(action)","Actor":{"ID":"abc","Attributes":{"name":"web","container":"c1"}}}"#
        #expect(try #require(EngineEvent(Array(line.utf8))).change == expected)
        #expect(EngineEvent(Array("{}".utf8)) == nil)
    }
}
