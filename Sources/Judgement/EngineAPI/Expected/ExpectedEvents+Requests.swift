import Acts
import JSON

extension ExpectedEvents {
    /// Requests that only read and are told of; the others that are made so are not worth a look.
    private static let reads: Set<String> = [
        "ContainerTop", "ContainerExport", "ContainerArchive", "ContainerAttachWebsocket",
        "ImageGet",
        "ImageGetAll",
    ]

    /// False for an operation of which engines tell nothing.
    package static func areOf(_ operation: Operation) -> Bool {
        switch operation.method {
        case .get: reads.contains(operation.name)
        case .head: false
        case .post, .put, .delete: true
        }
    }

    /// What a request may bring about; nil for one of which engines tell nothing.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: The target as the engine is sent it.
    ///   - body: The body when it is JSON.
    package init?(_ method: String, _ target: String, body: [UInt8]?) {
        let call: Call
        do {
            call = try Call(method, target)
        } catch {
            return nil
        }
        var json = JSONValue.null
        if let body {
            do {
                json = try JSONReader.answer(body)
            } catch {
                return nil
            }
        }
        let found =
            Self.ofContainers(call, json) ?? Self.ofImages(call)
            ?? Self.ofNetworksAndVolumes(call, json) ?? Self.ofTheEngine(call, json)
        guard let found else { return nil }
        self = found
        refusals = Self.refusals(call.operation.name)
        echo = Self.echo(call)
        isPrune = call.operation.isPrune
    }

    // MARK: Containers

    /// What happens to a container's networks when it starts or ends: to each once.
    private static func wiring(_ id: String, _ actions: Set<String>) -> Expectation {
        var wiring = Expectation("network", actions, .inside(id), most: nil)
        wiring.once = []
        return wiring
    }

    private static func ofContainers(_ call: Call, _ body: JSONValue) -> ExpectedEvents? {
        let id = call.subject ?? ""
        func happens(_ actions: Set<String>, most: Int? = 1) -> Expectation {
            Expectation("container", actions, .object(id), most: most)
        }
        switch call.operation.name {
        case "ContainerCreate": return making(call, body)
        // What cannot start after all is disconnected again.
        case "ContainerStart":
            return ExpectedEvents([happens(["start"]), wiring(id, ["connect", "disconnect"])])
        // A signal first, then another that nothing withstands.
        case "ContainerStop":
            return ExpectedEvents([
                happens(["kill"], most: 2), happens(["stop"]), wiring(id, ["disconnect"]),
            ])
        case "ContainerRestart":
            return ExpectedEvents([
                happens(["kill"], most: 2), happens(["stop", "start", "restart"]),
                wiring(id, ["connect", "disconnect"]),
            ])
        case "ContainerKill": return ExpectedEvents([happens(["kill"])])
        case "ContainerUpdate": return ExpectedEvents([happens(["update"])])
        case "ContainerRename": return ExpectedEvents([happens(["rename"])])
        case "ContainerPause": return ExpectedEvents([happens(["pause"])])
        case "ContainerUnpause": return ExpectedEvents([happens(["unpause"])])
        case "ContainerAttach", "ContainerAttachWebsocket":
            return ExpectedEvents([happens(["attach"])])
        case "ContainerTop": return ExpectedEvents([happens(["top"])])
        case "ContainerResize": return ExpectedEvents([happens(["resize"])])
        case "ContainerExport": return ExpectedEvents([happens(["export"])])
        case "ContainerArchive": return ExpectedEvents([happens(["archive-path"])])
        case "PutContainerArchive": return ExpectedEvents([happens(["extract-to-dir"])])
        case "ContainerDelete":
            return ExpectedEvents([
                happens(["kill"], most: 2), happens(["unpause", "stop", "destroy"]),
                wiring(id, ["disconnect"]),
                Expectation("volume", ["destroy"], .unnamed, most: nil),
            ])
        case "ContainerPrune":
            return ExpectedEvents([
                Expectation("container", ["destroy"], .any, most: nil),
                Expectation("container", ["prune"], .any),
            ])
        case "ContainerExec": return ExpectedEvents([happens(["exec_create"])])
        case "ExecStart":
            return ExpectedEvents([Expectation("container", ["exec_start"], .exec(id))])
        case "ExecResize":
            return ExpectedEvents([Expectation("container", ["exec_resize"], .any)])
        default: return nil
        }
    }

    private static func making(_ call: Call, _ body: JSONValue) -> ExpectedEvents {
        let name = call.query.value("name")
        let image = body["Image"]?.string ?? ""
        let subject = name.isEmpty ? Subject.madeFrom(image) : .object(name)
        // One that cannot be made after all is undone: its making was never told.
        var undone = Expectation("container", ["destroy"], subject)
        undone.isOfUnknown = true
        var expected = ExpectedEvents([
            Expectation("container", ["create"], subject), undone,
            Expectation("volume", ["create"], .unnamed, most: nil),
            Expectation("image", ["mount"], .any, most: nil),
        ])
        let volumes = volumes(body)
        for volume in volumes.prefix(mostVolumes) {
            expected.expectations.append(Expectation("volume", ["create"], .object(volume)))
        }
        if volumes.count > mostVolumes {
            expected.expectations.append(Expectation("volume", ["create"], .any, most: nil))
        }
        expected.makes = ContainerTraits(making: body)
        return expected
    }

    /// How many volumes of a container are told apart: each is looked at with every event.
    private static let mostVolumes = 256

    /// The volumes that a container names; the engine makes those that are not there.
    private static func volumes(_ body: JSONValue) -> Set<String> {
        let host = body["HostConfig"]
        let binds = (host?["Binds"]?.array ?? []).compactMap { bind in
            (bind.string?.split(separator: ":").first).map(String.init)
        }
        let mounts = (host?["Mounts"]?.array ?? []).compactMap { $0["Source"]?.string }
        return Set((binds + mounts).filter { !$0.isEmpty && $0.first != "/" })
    }

    // MARK: Images

    private static func ofImages(_ call: Call) -> ExpectedEvents? {
        func named(_ actions: Set<String>, _ names: [String], most: Int? = nil) -> Expectation {
            let all = names.map(Subject.spellings).reduce(into: Set()) { $0.formUnion($1) }
            return Expectation("image", actions, .images(all), most: most)
        }
        func any(_ actions: Set<String>) -> Expectation {
            Expectation("image", actions, .any, most: nil)
        }
        func tagged(_ repository: String, _ tag: String) -> String {
            if repository.isEmpty || tag.isEmpty { return repository }
            return repository + (tag.contains(":") ? "@" : ":") + tag
        }
        let query = call.query
        let subject = call.subject ?? ""
        // A name that moves is taken from the image that had it.
        let moved = any(["untag", "delete"])
        switch call.operation.name {
        case "ImageCreate" where !query.value("fromImage").isEmpty:
            let name = query.value("fromImage")
            return ExpectedEvents([
                named(["pull", "tag"], [name, tagged(name, query.value("tag"))]), moved,
                any(["create"]),
            ])
        case "ImageCreate", "ImageLoad":
            return ExpectedEvents([any(["import", "load", "create", "tag"]), moved])
        case "ImageBuild":
            var expected = ExpectedEvents([
                Expectation("container", ["create"], .step, most: nil),
                Expectation("volume", ["create", "destroy"], .unnamed, most: nil),
                any(["build", "create", "pull", "tag"]), moved,
            ])
            expected.build = BuildTraits(query)
            return expected
        case "ImageCommit":
            return ExpectedEvents([
                Expectation(
                    "container", ["commit", "pause", "unpause"], .object(query.value("container"))),
                any(["create", "tag"]), moved,
            ])
        case "ImagePush":
            return ExpectedEvents([named(["push"], [subject, tagged(subject, query.value("tag"))])])
        case "ImageTag":
            let name = tagged(query.value("repo"), query.value("tag"))
            return ExpectedEvents([named(["tag"], [name], most: 1), any(["create"]), moved])
        case "ImageDelete": return ExpectedEvents([moved])
        case "ImagePrune":
            return ExpectedEvents([moved, Expectation("image", ["prune"], .any)])
        case "ImageGet", "ImageGetAll": return ExpectedEvents([any(["save"])])
        case "BuildPrune":
            return ExpectedEvents([Expectation("builder", ["prune"], .any), moved])
        default: return nil
        }
    }

    // MARK: Networks and volumes

    private static func ofNetworksAndVolumes(_ call: Call, _ body: JSONValue) -> ExpectedEvents? {
        let id = call.subject ?? ""
        let name = body["Name"]?.string ?? ""
        func happens(_ type: String, _ actions: Set<String>) -> Expectation {
            Expectation(type, actions, .object(id))
        }
        switch call.operation.name {
        case "NetworkCreate":
            return ExpectedEvents([Expectation("network", ["create"], .object(name))])
        case "NetworkConnect": return ExpectedEvents([happens("network", ["connect"])])
        // Engines tell it twice of a container that runs.
        case "NetworkDisconnect":
            return ExpectedEvents([
                Expectation("network", ["disconnect"], .object(id), most: 2)
            ])
        case "NetworkDelete": return ExpectedEvents([happens("network", ["destroy", "remove"])])
        case "NetworkPrune":
            return ExpectedEvents([
                Expectation("network", ["destroy", "remove"], .any, most: nil),
                Expectation("network", ["prune"], .any),
            ])
        case "VolumeCreate":
            return ExpectedEvents([
                Expectation("volume", ["create"], name.isEmpty ? .unnamed : .object(name))
            ])
        case "VolumeUpdate": return ExpectedEvents([happens("volume", ["update"])])
        case "VolumeDelete": return ExpectedEvents([happens("volume", ["destroy"])])
        case "VolumePrune":
            return ExpectedEvents([
                Expectation("volume", ["destroy"], .any, most: nil),
                Expectation("volume", ["prune"], .any),
            ])
        default: return nil
        }
    }

    // MARK: The engine, its Swarm and its plugins

    private static func ofTheEngine(_ call: Call, _ body: JSONValue) -> ExpectedEvents? {
        let operation = call.operation.name
        let id = call.subject ?? ""
        let name = body["Name"]?.string ?? ""
        for (prefix, type) in [
            ("Service", "service"), ("Secret", "secret"), ("Config", "config"), ("Node", "node"),
        ] where operation.hasPrefix(prefix) {
            switch operation.dropFirst(prefix.count) {
            // An engine names what nobody names.
            case "Create":
                let subject = name.isEmpty ? Subject.any : .object(name)
                let made = Expectation(type, ["create"], subject)
                // A Swarm gives a service its addresses once it is there, and tells that too.
                return ExpectedEvents(
                    type == "service" ? [made, Expectation(type, ["update"], subject)] : [made])
            // A new version of a service is told once for each step of its roll-out.
            case "Update":
                return ExpectedEvents([
                    Expectation(type, ["update"], .object(id), most: type == "service" ? nil : 1)
                ])
            case "Delete": return ExpectedEvents([Expectation(type, ["remove"], .object(id))])
            default: return nil
            }
        }
        switch operation {
        case "SwarmInit", "SwarmJoin", "SwarmLeave", "SwarmUpdate", "SwarmUnlock":
            return ExpectedEvents([
                Expectation("node", ["create", "update", "remove"], .any, most: nil),
                Expectation(
                    "network", ["create", "update", "remove", "destroy"], .any, most: nil),
            ])
        case "PluginPull", "PluginCreate", "PluginDelete", "PluginEnable", "PluginDisable",
            "PluginPush", "PluginSet", "PluginUpgrade":
            return ExpectedEvents([
                Expectation(
                    "plugin", ["create", "pull", "enable", "disable", "remove", "push", "set"],
                    .any,
                    most: nil)
            ])
        default: return nil
        }
    }
}
