import Acts
import JSON
import Testing

@testable import EngineAPI

/// What a grant hides is in no answer that it can get.
@Suite struct VeilTests {
    /// How each answer of an operation that reads is kept from showing what is hidden. A new operation
    /// fails here until somebody has thought of it.
    private static let reading: [String: VeilRule] = [
        "ContainerList": .members, "ContainerInspect": .members, "ContainerTop": .processes,
        "ContainerLogs": .content, "ContainerChanges": .nothing, "ContainerExport": .content,
        "ContainerStats": .nothing, "ContainerAttachWebsocket": .content, "ContainerArchiveInfo": .content,
        "ContainerArchive": .content, "ExecInspect": .members, "ImageList": .members, "ImageInspect": .members,
        "ImageHistory": .members, "ImageSearch": .nothing, "ImageGet": .refused, "ImageGetAll": .refused,
        "ImageAttestations": .refused, "DistributionInspect": .members, "NetworkList": .members,
        "NetworkInspect": .members, "VolumeList": .members, "VolumeInspect": .members, "NodeList": .members,
        "NodeInspect": .members, "SwarmInspect": .members, "SwarmUnlockkey": .nothing, "ServiceList": .members,
        "ServiceInspect": .members, "ServiceLogs": .content, "TaskList": .members, "TaskInspect": .members,
        "TaskLogs": .content, "SecretList": .members, "SecretInspect": .members, "ConfigList": .members,
        "ConfigInspect": .members, "SystemPing": .nothing, "SystemPingHead": .nothing, "SystemVersion": .nothing,
        "SystemInfo": .members, "SystemDataUsage": .members, "SystemEvents": .events, "PluginList": .members,
        "GetPluginPrivileges": .nothing, "PluginInspect": .members, "RecordingList": .refused, "RecordingGet": .refused,
        "SessionList": .refused, "ApprovalList": .refused,
    ]

    @Test func everyOperationIsDecided() {
        for operation in Catalogue.operations {
            let rule = VeilRule.of(operation.name)
            #expect(rule != nil, "\(operation.name)")
            switch operation.method {
            case .get, .head: #expect(rule == Self.reading[operation.name], "\(operation.name)")
            case .post, .put, .delete: #expect(Self.reading[operation.name] == nil)
            }
        }
        #expect(VeilRule.of("ContainerFuture") == nil)
    }

    /// Every field of the API whose name sounds like one of the three is hidden, or is known to be none.
    @Test func everyFieldOfTheAPIIsDecided() throws {
        let harmless: Set = [
            // A boolean, ids, a time, SELinux labels, mount points and ports, a CI's name in a signature.
            "ArgsEscaped", "ExecIDs", "LastExecution", "MountLabel", "ProcessLabel", "Target", "TargetPort",
            "RunnerEnvironment",
            // The configuration of the engine's own runtimes.
            "runtimeArgs",
        ]
        let words = [
            "env", "label", "cmd", "command", "entry", "arg", "annotation", "shell", "exec", "onbuild", "createdby",
        ]
        let names = Set(try EngineAPIFacts.load().schemas.values.flatMap(\.keys))
        for name in names where words.contains(where: name.lowercased().contains) && !harmless.contains(name) {
            #expect(!VeiledFields.shown(name.lowercased(), in: "config").isEmpty, "\(name)")
        }
    }

    struct Row: CustomTestStringConvertible {
        let operation: String
        let answer: String
        var testDescription: String { operation }
    }

    /// Everything secret stands there as `e-secret`, `l-secret` or `c-secret`; `a-secret` is all at once.
    @Test(
        arguments: [
            Row(
                operation: "ContainerInspect",
                answer: """
                    {"Id":"kept","Path":"c-secret","Args":["c-secret"],"State":{"Status":"kept","Error":"c-secret",
                    "Health":{"Status":"kept","Log":[{"Output":"c-secret","ExitCode":1}]}},
                    "HostConfig":{"Binds":["kept"],"Annotations":{"a":"l-secret"},
                    "LogConfig":{"Type":"kept","Config":{"env":"e-secret","env-regex":"e-secret","labels":"l-secret"}},
                    "BlkioDeviceReadBps":[{"Path":"kept"}],
                    "Mounts":[{"Source":"kept","VolumeOptions":{"Labels":{"a":"l-secret"}}}]},
                    "Config":{"Image":"kept","Env":["A=e-secret"],"Labels":{"a":"l-secret"},"Cmd":["c-secret"],
                    "Entrypoint":["c-secret"],"Shell":["c-secret"],"OnBuild":["a-secret"],
                    "Healthcheck":{"Interval":5,"Test":["CMD","c-secret"]}},
                    "ImageManifestDescriptor":{"digest":"kept","annotations":{"a":"l-secret"}},
                    "NetworkSettings":{"Networks":{"kept":{"IPAddress":"kept"}}}}
                    """),
            Row(
                operation: "ContainerList",
                answer: #"[{"Id":"kept","Command":"c-secret","Labels":{"a":"l-secret"},"Names":["kept"]}]"#),
            Row(
                operation: "ExecInspect",
                answer: #"{"ID":"kept","ProcessConfig":{"entrypoint":"c-secret","arguments":["c-secret"],"user":"kept"}}"#),
            Row(
                operation: "ImageInspect",
                answer: """
                    {"Id":"kept","ContainerConfig":{"Cmd":["a-secret"],"Env":["e-secret"]},
                    "Config":{"Env":["e-secret"],"Cmd":["c-secret"],"Labels":{"a":"l-secret"},"Healthcheck":{"Test":["c-secret"]}},
                    "Manifests":[{"Descriptor":{"annotations":{"a":"l-secret"}},"ID":"kept"}]}
                    """),
            Row(
                operation: "ImageHistory", answer: #"[{"Id":"kept","CreatedBy":"a-secret","Tags":["kept"]}]"#),
            Row(
                operation: "SystemDataUsage",
                answer: """
                    {"LayersSize":5,"Images":[{"Id":"kept","Labels":{"a":"l-secret"}}],
                    "Containers":[{"Command":"c-secret","Labels":{"a":"l-secret"}}],"Volumes":[{"Name":"kept","Labels":{"a":"l-secret"}}],
                    "BuildCache":[{"ID":"kept","Description":"a-secret"}]}
                    """),
            Row(operation: "SystemInfo", answer: #"{"ID":"kept","Labels":["a=l-secret"],"Runtimes":{"runc":{"path":"kept"}}}"#),
            Row(operation: "NetworkInspect", answer: #"{"Id":"kept","Labels":{"a":"l-secret"},"Options":{"a":"kept"}}"#),
            Row(operation: "VolumeList", answer: #"{"Volumes":[{"Name":"kept","Labels":{"a":"l-secret"}}],"Warnings":null}"#),
            Row(operation: "VolumeCreate", answer: #"{"Name":"kept","Labels":{"a":"l-secret"}}"#),
            Row(
                operation: "ServiceInspect",
                answer: """
                    {"ID":"kept","Spec":{"Name":"kept","Labels":{"a":"l-secret"},"TaskTemplate":{"ContainerSpec":{
                    "Image":"kept","Labels":{"a":"l-secret"},"Command":["c-secret"],"Args":["c-secret"],"Env":["e-secret"],
                    "Healthcheck":{"Test":["c-secret"]}},"LogDriver":{"Options":{"env":"e-secret"}}}},
                    "PreviousSpec":{"TaskTemplate":{"ContainerSpec":{"Env":["e-secret"],"Args":["c-secret"]}}}}
                    """),
            Row(
                operation: "TaskList",
                answer: """
                    [{"ID":"kept","Labels":{"a":"l-secret"},"Spec":{"ContainerSpec":{"Env":["e-secret"],"Command":["c-secret"]}},
                    "Status":{"State":"kept","Err":"c-secret"},"NetworksAttachments":[{"Network":{"Spec":{"Labels":{"a":"l-secret"}}}}]}]
                    """),
            Row(
                operation: "NodeInspect",
                answer:
                    #"{"ID":"kept","Spec":{"Labels":{"a":"l-secret"}},"Description":{"Hostname":"kept","Engine":{"Labels":{"a":"l-secret"}}}}"#
            ),
            Row(operation: "SecretList", answer: #"[{"ID":"kept","Spec":{"Name":"kept","Labels":{"a":"l-secret"}}}]"#),
            Row(
                operation: "PluginInspect",
                answer: """
                    {"Id":"kept","Settings":{"Env":["e-secret"],"Args":["c-secret"]},
                    "Config":{"Env":[{"Name":"e-secret"}],"Args":{"Value":["c-secret"]},"Entrypoint":["c-secret"]}}
                    """),
            Row(
                operation: "ContainerTop",
                answer: #"{"Titles":["PID","CMD","USER"],"Processes":[["7","c-secret","c-secret"],["8","c-secret","c-secret"]]}"#),
        ],
        [Hidden.environment, .labels, .commands, .all])
    func whatIsHiddenIsNotShown(row: Row, hidden: Hidden) throws {
        let answer = Array(row.answer.utf8)
        let shown: String
        if let veil = Veil(row.operation, hidden) {
            shown = String(decoding: try #require(veil.show(answer)), as: UTF8.self)
        } else {
            shown = row.answer
        }
        for (mark, kind) in [("e-secret", Hidden.environment), ("l-secret", .labels), ("c-secret", .commands)] {
            let isLeft = row.answer.contains(mark) && !hidden.contains(kind)
            #expect(shown.contains(mark) == isLeft, "\(mark): \(shown)")
        }
        // An image's layers tell all of it; a build's steps tell no labels.
        if row.operation != "SystemDataUsage" || hidden != .labels { #expect(!shown.contains("a-secret"), "\(shown)") }
        #expect(shown.components(of: "kept") == row.answer.components(of: "kept"), "\(shown)")
        let shape = Self.shape(try JSONReader.value(of: Array(shown.utf8)))
        #expect(try shape == Self.shape(JSONReader.value(of: answer)), "\(shown)")
    }

    /// The members that clients read are still there, with values of the same types.
    private static func shape(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let object): ["{"] + object.members.flatMap { [$0.name + $0.value.kind] }
        case .array(let values): ["["] + (values.first.map(shape) ?? [])
        case .null, .bool, .number, .string: [value.kind]
        }
    }

    @Test func nothingIsHiddenUnlessSaid() {
        for operation in Catalogue.operations { #expect(Veil(operation.name, []) == nil) }
    }

    @Test func eventsTellNeitherLabelsNorCommands() throws {
        let line = """
            {"status":"exec_create: sh -c c-secret","id":"kept","from":"kept","Type":"container",
            "Action":"exec_create: sh -c c-secret","Actor":{"ID":"kept","Attributes":{"a":"l-secret","image":"kept",
            "name":"kept","signal":"l-secret","exitCode":"7","execID":"l-secret"}},"scope":"local"}
            """.replacing("\n", with: "") + "\n"
        func shown(_ hidden: Hidden) -> String {
            String(decoding: Veil("SystemEvents", hidden)?.show(lines: Array(line.utf8)) ?? [], as: UTF8.self)
        }
        #expect(shown(.commands).contains("exec_create: (hidden)") && !shown(.commands).contains("c-secret"))
        #expect(shown(.commands).contains("l-secret"))
        #expect(!shown(.labels).contains("l-secret") && shown(.labels).contains("\"exitCode\":\"7\""))
        #expect(shown(.all).components(of: "kept") == line.components(of: "kept") && shown(.all).hasSuffix("}\n"))
        // What cannot be read is not shown.
        #expect(Veil("SystemEvents", .all)?.show(lines: Array("no event\n".utf8)).isEmpty == true)
    }

    /// A filter by what is hidden would tell it.
    @Test(arguments: questions)
    func questionsAreExposures(target: String, shown: Hidden) throws {
        let act = try Draft(Call("GET", target.replacing("\"", with: "%22"))).act
        #expect(act.exposures.reduce([]) { $0.union($1.shown) } == shown)
    }

    private static let questions: [(String, Hidden)] = [
        (#"/events?filters={"label":["a=b"]}"#, Hidden.labels),
        (#"/containers/json?filters={"label":{"a=b":true},"status":{"exited":true}}"#, .labels),
        (#"/images/json?filters={"label!":["a"]}"#, .labels), (#"/nodes?filters={"node.label":["a"]}"#, .labels),
        (#"/events?filters={"event":["exec_create: sh"]}"#, .commands),
        ("/containers/x/logs?details=1&stdout=1", [.environment, .labels]),
        ("/images/x/get", .all), ("/images/get?names=x", .all),
        (#"/containers/json?filters={"status":["exited"]}"#, []), (#"/events?filters={"event":["exec_create"]}"#, []),
        ("/containers/x/logs?stdout=1", []), ("/containers/x/json", []), ("/_ping", []),
    ]
}

extension String {
    /// How often a word stands there.
    fileprivate func components(of word: String) -> Int {
        ranges(of: word).count
    }
}
