import CreateBodies
import Testing

/// The second reader reads as Go does. Every row's answer is that of `encoding/json` of go1.19.8 with
/// the types of moby 20.10.24; a hundred thousand generated bodies were read alike by both.
@Suite struct DifferentialReaderTests {
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let body: [UInt8]
        /// What is understood, as far as it says something; nil when the body is refused.
        let lines: [String]?

        init(_ name: String, _ body: String, _ lines: [String]?) {
            self.init(name, bytes: Array(body.utf8), lines)
        }

        init(_ name: String, bytes: [UInt8], _ lines: [String]?) {
            testDescription = name
            body = bytes
            self.lines = lines
        }
    }

    /// What stands in every HostConfig.
    private static let usual: Set<String> = [
        "HostConfig.ConsoleSize=2 empty", "HostConfig.LogConfig=empty",
        #"HostConfig.NetworkMode="default""#, "HostConfig.RestartPolicy=empty",
    ]

    @Test(arguments: [
        Row("an empty object", "{}", ["=empty"]),
        Row("null", "null", ["=empty"]),
        Row("a list", "[]", nil),
        Row("a string", #""x""#, nil),
        Row("nothing", "", nil),
        Row("what follows is not read", #"{"User":"a"}}x"#, [#"Config.User="a""#]),
        Row("a byte order mark", #"\#u{FEFF}{}"#, nil),
        Row("a comment", "{/**/}", nil),
        Row("a comma too many", #"{"User":"a",}"#, nil),
        Row("a name without quotation marks", #"{User:"a"}"#, nil),
        Row("small letters", #"{"hostconfig":{"privileged":true}}"#, ["HostConfig.Privileged=true"]),
        Row("U+017F is s", #"{"Ho\#u{17F}tConfig":{"Privileged":true}}"#, ["HostConfig.Privileged=true"]),
        Row("U+212A is k, as an escape", #"{"HostConfig":{"Networ\u212aMode":"host"}}"#, [#"HostConfig.NetworkMode="host""#]),
        Row("dotless i is no i", #"{"HostConfig":{"Pr\#u{131}vileged":true}}"#, ["HostConfig=usual"]),
        Row("escapes in names are undone", #"{"\u0048ostConfig":{"\u0050idMode":"host"}}"#, [#"HostConfig.PidMode="host""#]),
        Row("the last one wins", #"{"User":"a","User":"b"}"#, [#"Config.User="b""#]),
        Row("also when it is spelled otherwise", #"{"user":"a","User":"b","USER":"c"}"#, [#"Config.User="c""#]),
        Row("null changes no text", #"{"User":"a","User":null}"#, [#"Config.User="a""#]),
        Row("null changes no truth", #"{"HostConfig":{"Privileged":true,"Privileged":null}}"#, ["HostConfig.Privileged=true"]),
        Row("null clears a pointer", #"{"HostConfig":{"Privileged":true},"HostConfig":null}"#, ["=empty"]),
        Row(
            "objects merge", #"{"HostConfig":{"Privileged":true},"HostConfig":{"PidMode":"host"}}"#,
            [#"HostConfig.PidMode="host""#, "HostConfig.Privileged=true"]),
        Row("maps merge", #"{"Labels":{"a":"1","b":"2"},"Labels":{"b":"3"}}"#, [#"Config.Labels.a="1""#, #"Config.Labels.b="3""#]),
        Row(
            "values of maps do not",
            #"{"NetworkingConfig":{"EndpointsConfig":{"n":{"MacAddress":"x"}}},"NetworkingConfig":{"EndpointsConfig":{"n":{"Gateway":"y"}}}}"#,
            [#"NetworkingConfig.EndpointsConfig.n.Gateway="y""#]),
        Row(
            "a null in a map is zero", #"{"Labels":{"a":null},"NetworkingConfig":{"EndpointsConfig":{"n":null}}}"#,
            ["Config.Labels=empty", "NetworkingConfig.EndpointsConfig=empty"]),
        Row(
            "elements of a list are used again", #"{"HostConfig":{"Mounts":[{"Type":"bind","Source":"/"}],"Mounts":[{"Target":"/b"}]}}"#,
            [#"HostConfig.Mounts[0].Source="/""#, #"HostConfig.Mounts[0].Target="/b""#, #"HostConfig.Mounts[0].Type="bind""#]),
        Row(
            "an empty list between forgets them", #"{"HostConfig":{"Mounts":[{"Type":"bind"}],"Mounts":[],"Mounts":[{"Target":"/b"}]}}"#,
            [#"HostConfig.Mounts[0].Target="/b""#]),
        Row(
            "null between forgets them", #"{"HostConfig":{"Mounts":[{"Type":"bind"}],"Mounts":null,"Mounts":[{"Target":"/b"}]}}"#,
            [#"HostConfig.Mounts[0].Target="/b""#]),
        Row(
            "a shorter list between forgets nothing",
            #"{"HostConfig":{"Mounts":[{"Source":"a"},{"Source":"b"}],"Mounts":[{}],"Mounts":[{},{}]}}"#,
            [#"HostConfig.Mounts[0].Source="a""#, #"HostConfig.Mounts[1].Source="b""#]),
        Row("null is an element too", #"{"Env":["a","b"],"Env":[null,"c"]}"#, [#"Config.Env[0]="a""#, #"Config.Env[1]="c""#]),
        Row(
            "pointers in lists are kept", #"{"HostConfig":{"Ulimits":[{"Name":"nofile","Hard":9}],"Ulimits":[{"Soft":1}]}}"#,
            ["HostConfig.Ulimits[0].Hard=9", #"HostConfig.Ulimits[0].Name="nofile""#, "HostConfig.Ulimits[0].Soft=1"]),
        Row(
            "a null pointer in a list", #"{"HostConfig":{"Ulimits":[{"Name":"nofile"}],"Ulimits":[null]}}"#, ["HostConfig.Ulimits=1 empty"]),
        Row(
            "a bare string is a list", #"{"Cmd":"a b","HostConfig":{"CapAdd":"ALL"}}"#,
            [#"Config.Cmd[0]="a b""#, #"HostConfig.CapAdd[0]="ALL""#]),
        Row("such a list is made anew", #"{"Cmd":["a","b"],"Cmd":[null]}"#, ["Config.Cmd=1 empty"]),
        Row("null empties such a list", #"{"Cmd":["a"],"Cmd":null}"#, ["Config=empty"]),
        Row("a number in such a list", #"{"Cmd":["a",1]}"#, nil),
        Row("a bare string elsewhere", #"{"Env":"A=1"}"#, nil),
        Row(
            "an array takes what it can hold", #"{"HostConfig":{"ConsoleSize":[1,2,"x",{}]}}"#,
            ["HostConfig.ConsoleSize[0]=1", "HostConfig.ConsoleSize[1]=2"]),
        Row("and zeroes what it is not given", #"{"HostConfig":{"ConsoleSize":[1,2],"ConsoleSize":[3]}}"#, ["HostConfig.ConsoleSize[0]=3"]),
        Row(
            "null changes no array", #"{"HostConfig":{"ConsoleSize":[1,2],"ConsoleSize":null}}"#,
            ["HostConfig.ConsoleSize[0]=1", "HostConfig.ConsoleSize[1]=2"]),
        Row(
            "HostConfig's fields beside it", #"{"Privileged":true,"Binds":["/:/h"]}"#,
            [#"HostConfig.Binds[0]="/:/h""#, "HostConfig.Privileged=true"]),
        Row("count for nothing when it is there", #"{"Privileged":true,"HostConfig":{}}"#, ["HostConfig=usual"]),
        Row(
            "but some do", #"{"Memory":5,"CpusetCpus":"0","VolumeDriver":"x","HostConfig":{"Memory":0}}"#,
            [#"HostConfig.CpusetCpus="0""#, "HostConfig.Memory=5", #"HostConfig.VolumeDriver="x""#]),
        Row("unless it says so itself", #"{"Memory":5,"HostConfig":{"Memory":6}}"#, ["HostConfig.Memory=6"]),
        Row("Cpuset", #"{"Cpuset":"1","HostConfig":null,"Privileged":null}"#, [#"HostConfig.CpusetCpus="1""#]),
        Row("a null field beside it makes one", #"{"Binds":null}"#, ["HostConfig=usual"]),
        Row("a pointer to zero", #"{"StopTimeout":0,"HostConfig":{"Init":false,"PidsLimit":0}}"#, ["Config=empty", "HostConfig=usual"]),
        Row(
            "empty is not nil", #"{"Entrypoint":[],"Volumes":{},"HostConfig":{"MaskedPaths":[]},"Healthcheck":{}}"#,
            ["Config.Entrypoint=[]", "Config.Healthcheck=empty", "Config.Volumes={}", "HostConfig.MaskedPaths=[]"]),
        Row("-0", #"{"HostConfig":{"Memory":-0}}"#, ["HostConfig=usual"]),
        Row("-0 for an unsigned number", #"{"HostConfig":{"BlkioWeight":-0}}"#, nil),
        Row("an exponent", #"{"HostConfig":{"Memory":1e3}}"#, nil),
        Row("a fraction", #"{"HostConfig":{"Memory":1.0}}"#, nil),
        Row("the largest", #"{"HostConfig":{"Memory":9223372036854775807}}"#, ["HostConfig.Memory=9223372036854775807"]),
        Row("one more", #"{"HostConfig":{"Memory":9223372036854775808}}"#, nil),
        Row(
            "which an unsigned number holds", #"{"HostConfig":{"IOMaximumIOps":9223372036854775808}}"#,
            ["HostConfig.IOMaximumIOps=9223372036854775808"]),
        Row("sixteen bits", #"{"HostConfig":{"BlkioWeight":65536}}"#, nil),
        Row("a number that is none", #"{"X":01}"#, nil),
        Row("a truth in quotation marks", #"{"HostConfig":{"Privileged":"true"}}"#, nil),
        Row("1 for true", #"{"Tty":1}"#, nil),
        Row("a wrong type is remembered", #"{"User":1,"Tty":true}"#, nil),
        Row("unknown names hold anything", #"{"X":[{"HostConfig":{"Privileged":true}},1e999],"User":"a"}"#, [#"Config.User="a""#]),
        Row("a lone surrogate", #"{"User":"a\ud800b\udc00"}"#, [#"Config.User="a\#u{FFFD}b\#u{FFFD}""#]),
        Row("a pair", #"{"User":"\ud83d\ude00"}"#, [#"Config.User="😀""#]),
        Row("half a pair and a letter", #"{"User":"\ud800\u0041"}"#, [#"Config.User="\#u{FFFD}A""#]),
        Row("two first halves", #"{"User":"\ud800\ud83d\ude00"}"#, [#"Config.User="\#u{FFFD}😀""#]),
        Row("a control character", #"{"User":"a\#u{1}"}"#, nil),
        Row("its escape", #"{"User":"\u0000\u001f"}"#, [#"Config.User="\0\u{1F}""#]),
        Row("an escape that is none", #"{"User":"\x"}"#, nil),
        Row(
            "bytes that are no UTF-8",
            bytes: [0x7B, 0x22, 0x55, 0x73, 0x65, 0x72, 0x22, 0x3A, 0x22, 0x61, 0xFF, 0xC0, 0xAF, 0x62, 0x22, 0x7D],
            [#"Config.User="a\#u{FFFD}\#u{FFFD}\#u{FFFD}b""#]),
        Row(
            "half a character", bytes: [0x7B, 0x22, 0x55, 0x73, 0x65, 0x72, 0x22, 0x3A, 0x22, 0xE2, 0x84, 0x22, 0x7D],
            [#"Config.User="\#u{FFFD}\#u{FFFD}""#]),
        Row(
            "a surrogate in bytes", bytes: [0x7B, 0x22, 0x55, 0x73, 0x65, 0x72, 0x22, 0x3A, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x7D],
            [#"Config.User="\#u{FFFD}\#u{FFFD}\#u{FFFD}""#]),
    ])
    func readsAsTheEngineDoes(row: Row) {
        guard let view = EngineView.read(row.body, by: .v20) else {
            #expect(row.lines == nil)
            return
        }
        let all = view.tree.lines()
        var lines = all.filter { !Self.usual.contains($0) }
        // What is there and says nothing is there all the same.
        if lines.allSatisfy({ !$0.hasPrefix("HostConfig") }), lines.count < all.count {
            lines.append("HostConfig=usual")
        }
        #expect(lines == row.lines)
    }

    /// Engines since 23.0 read nothing beside HostConfig and nothing behind the value.
    @Test func laterEnginesReadLess() {
        func lines(_ body: String) -> [String]? {
            EngineView.read(Array(body.utf8), by: .v28)?.tree.lines()
        }
        #expect(lines(#"{"Privileged":true,"Cpuset":"0","Memory":5}"#) == ["=empty"])
        #expect(lines("{} {}") == nil)
        #expect(lines("{} \n") == ["=empty"])
        #expect(
            lines(#"{"HostConfig":{"annotations":{"a":"b"}}}"#)?
                .contains(#"HostConfig.Annotations.a="b""#) == true)
    }

    /// What a client of an older version gets without asking.
    @Test func olderVersionsGetOtherDefaults() throws {
        let body = #"{"HostConfig":{"AutoRemove":true,"KernelMemoryTCP":9,"PidsLimit":-1}}"#
        let view = try #require(EngineView.read(Array(body.utf8), by: .v20))
        for (minor, ipc, cgroup, removed) in [
            (24, "shareable", "host", false), (39, "shareable", "host", true),
            (40, "", "host", true), (41, "", "", true),
        ] {
            let host = view.asked(inVersion: minor).host
            #expect(host["IpcMode"].string == ipc && host["CgroupnsMode"].string == cgroup)
            #expect(host["AutoRemove"] == .bool(removed) && host["PidsLimit"] == .none)
            #expect(host["KernelMemoryTCP"] == .number(minor < 40 ? 0 : 9))
        }
    }
}
