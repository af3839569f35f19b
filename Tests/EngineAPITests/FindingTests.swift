import Acts
import EngineAPI
import JSON
import Testing

/// What an engine's answers say of objects, whoever made them.
@Suite struct FindingTests {
    private static func container(_ host: String, mounts: String = "[]") throws -> InspectedContainer {
        let text = #"{"Id":"0a","Config":{"Labels":{"quaymaster.seal":"v1.x.y"}},"HostConfig":\#(host),"Mounts":\#(mounts)}"#
        return try #require(InspectedContainer(try JSONReader.value(of: Array(text.utf8))))
    }

    /// What an engine answers about a container that nobody asked anything for.
    private static let plain =
        #"{"Binds":null,"ContainerIDFile":"","LogConfig":{"Type":"json-file","Config":{}},"NetworkMode":"default","PortBindings":{},"RestartPolicy":{"Name":"no","MaximumRetryCount":0},"AutoRemove":false,"VolumesFrom":null,"CgroupnsMode":"host","Links":null,"Runtime":"runc","PidMode":"","Devices":[],"ConsoleSize":[0,0]}"#

    @Test func anOrdinaryContainerLendsNothing() throws {
        let found = try Self.container(Self.plain)
        #expect(found.seal == "v1.x.y")
        #expect(!found.demands.contains { $0.kind.isConfinement })
        #expect(found.joins.isEmpty && found.volumes.isEmpty)
    }

    /// Mounts that came from another container stand nowhere but among the mounts.
    @Test func mountsSpeakForThemselves() throws {
        let found = try Self.container(
            #"{"VolumesFrom":["gone"]}"#,
            mounts: #"[{"Type":"bind","Source":"/","Destination":"/h","RW":false,"Propagation":"rprivate"},{"Type":"volume","Name":"v"}]"#)
        let bind = BindRequest(source: "/", target: "/h", readOnly: true, hasOptions: false)
        #expect(found.demands.map(\.kind).contains(.bind(bind)))
        #expect(found.inherits == ["gone"] && found.joins.isEmpty)
        #expect(found.volumes == ["v"])
    }

    @Test func namespacesAreJoined() throws {
        let found = try Self.container(#"{"PidMode":"container:a","NetworkMode":"container:b"}"#)
        #expect(Set(found.joins) == ["a", "b"] && found.inherits.isEmpty)
    }

    /// Engines show a link in another spelling than they take.
    @Test func linksAreReadAsTheyAreShown() throws {
        let found = try Self.container(#"{"Links":["/db:/web/alias"]}"#)
        #expect(found.inherits == ["db"])
        #expect(!found.demands.contains { $0.kind.isConfinement })
        let draft = try Draft(
            try Call("POST", "/v1.41/containers/create"),
            body: Array(#"{"Image":"a","HostConfig":{"Links":["/db:/web/alias"]}}"#.utf8))
        let body = try JSONReader.value(of: draft.request(version: .ceiling).body ?? [])
        #expect(body["HostConfig"]?["Links"] == .array([.string("db:alias")]))
    }

    @Test func whatANewerEngineSaysIsNobodysToEnter() throws {
        let found = try Self.container(#"{"NewThing":true}"#)
        #expect(found.demands.contains { $0.kind.isConfinement })
    }

    @Test(arguments: [
        (#"{"Name":"v","Driver":"local","Options":null}"#, 0), (#"{"Name":"v","Driver":"local","Options":{"o":"bind"}}"#, 1),
        (#"{"Name":"v","Driver":"sshfs","Options":{}}"#, 1),
    ])
    func volumesLeadWhereTheirOptionsSay(text: String, demands: Int) throws {
        let volume = try #require(InspectedVolume(try JSONReader.value(of: Array(text.utf8))))
        #expect(volume.demands.count == demands)
    }

    @Test func imagesShowOnlyNamesThatATenantMaySee() throws {
        var images = ImageNames()
        images.borrower = { ["docker.io/library/theirs:1": "blue"][$0] }
        images.own = { tenant, id in
            tenant == "red" && id == "sha256:1" ? ImageNames.Own(references: ["docker.io/library/mine:1"]) : nil
        }
        let body = Array(
            #"{"Id":"sha256:1","RepoTags":["theirs:1","quaymaster.invalid/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb:blue","bb:1"],"Config":{}}"#.utf8
        )
        let shown = try #require(ImageListView.naming(body, for: "red", images))
        let names = try JSONReader.value(of: shown)["RepoTags"]
        #expect(names == .array([.string("mine:1"), .string("bb:1")]))
    }

    @Test(arguments: [
        (ObjectKind.container, #"{"HostConfig":{"PortBindings":{"80/tcp":[{"HostPort":"80"},{"HostPort":"81"}],"90/tcp":null}}}"#, 2),
        (
            .container,
            #"{"Config":{"ExposedPorts":{"80/tcp":{},"81/tcp":{},"82/udp":{}}},"HostConfig":{"PublishAllPorts":true,"PortBindings":{"80/tcp":[{"HostPort":""}],"81/tcp":[]}}}"#,
            3
        ), (.container, #"{"Config":{"ExposedPorts":{"80/tcp":{}}},"HostConfig":{}}"#, 0),
        (.service, #"{"Spec":{"EndpointSpec":{"Ports":[{"PublishedPort":80},{"TargetPort":81}]}}}"#, 2),
        (.network, #"{"HostConfig":{"PortBindings":{"80/tcp":[{}]}}}"#, 0), (.container, "[]", 0),
    ]) func portsOfWhatIsThereAreCounted(kind: ObjectKind, text: String, ports: Int) throws {
        #expect(PublishedPorts.count(kind, try JSONReader.value(of: Array(text.utf8))) == ports)
    }

    /// A client that names an older version leaves nothing out that makes a container safe.
    @Test func hardenedBodiesAreSentInTheEnginesVersion() throws {
        var draft = try Draft(
            try Call("POST", "/v1.24/containers/create"), body: Array(#"{"Image":"a"}"#.utf8))
        #expect(draft.request(version: .ceiling).target.hasPrefix("/v1.24/"))
        draft.speak(APIVersion(minor: 41))
        #expect(draft.request(version: .ceiling).target.hasPrefix("/v1.41/"))
    }
}
