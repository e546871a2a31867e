using System.Net;
using Akka.Actor;
using RaftAkka.Inbound;
using RaftAkka.Tests.Support;
using RaftAkka.Wire;
using Xunit;

namespace RaftAkka.Tests.Inbound;

public sealed class InboundGateTests
{
    private const string Own = "akka.tcp://raftakka@10.0.0.1:4051";
    private const string Caller = "akka.tcp://client@10.0.0.9:5000";

    private static readonly byte[] Known = AkkaFrames.Payload(AkkaFrames.Raft, Manifests.AskStatus, [1, 2]);
    private static readonly IPAddress CallersHost = IPAddress.Parse("10.0.0.9");

    public static TheoryData<string> Recipients => ["/user/raft", "/user/raft/server", "/user/raft/sessions/7-c#1234"];

    public static TheoryData<string> Others =>
    [
        "/", "/user", "/user/", "/user/raftx", "/user/other/server", "/system/endpointManager", "/remote/akka.tcp/x", "/temp/$a",
        "/deadLetters", "",
    ];

    public static TheoryData<int, string> Foreign => new()
    {
        { AkkaFrames.System, "System.Drawing.Bitmap, System.Drawing.Common" }, { AkkaFrames.System, "" },
        { AkkaFrames.Miscellaneous, "K" }, { AkkaFrames.Miscellaneous, "PP" }, { AkkaFrames.Miscellaneous, "STF" },
        { AkkaFrames.Miscellaneous, "RWHB" }, { 0, "" }, { 1, "System.String" }, { 2, "x" }, { 3, "" }, { 17, "S" },
        { AkkaFrames.Raft, "" }, { AkkaFrames.Raft, "zz9" }, { AkkaFrames.Raft, "as1as1as1" }, { -4711, "as1" },
    };

    [Theory, MemberData(nameof(Recipients))]
    public void Rafts_messages_reach_the_groups_actors(string path)
    {
        var gate = WithHandshake();

        Assert.Equal(Verdict.Pass, gate.Judge(AkkaFrames.To(Own + path, Known, Caller + "/user/c#1")));
        Assert.Equal(Verdict.Pass, gate.Judge(AkkaFrames.To(Own + path, Known)));
    }

    [Fact]
    public void Every_message_of_rafts_is_known()
    {
        var gate = WithHandshake();

        Assert.All(Manifests.All, manifest => Assert.Equal(
            Verdict.Pass, gate.Judge(AkkaFrames.To(Own + "/user/raft/server", AkkaFrames.Payload(AkkaFrames.Raft, manifest)))));
    }

    [Theory, MemberData(nameof(Others))]
    public void No_message_reaches_another_actor(string path)
    {
        var gate = WithHandshake();

        Assert.Equal(Verdict.Drop, gate.Judge(AkkaFrames.To(Own + path, Known, Caller + "/user/c")));
    }

    [Theory, MemberData(nameof(Foreign))]
    public void No_other_message_comes_in_by_whatever_way(int serializer, string manifest)
    {
        var gate = WithHandshake();
        var payload = AkkaFrames.Payload(serializer, manifest, [1]);

        Assert.Equal(Verdict.Drop, gate.Judge(AkkaFrames.To(Own + "/user/raft/server", payload)));
        Assert.Contains($"serializer {serializer}, manifest '{manifest}'", gate.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Drop, gate.Judge(AkkaFrames.To(
            Own + "/", AkkaFrames.Selection(payload, "user", "raft", "server"))));
    }

    [Fact]
    public void Servers_ask_each_other_who_is_there_and_nothing_is_inside()
    {
        var gate = WithHandshake();
        var nothing = AkkaFrames.Payload(AkkaFrames.Miscellaneous, "ID");
        var something = AkkaFrames.Payload(AkkaFrames.Miscellaneous, "ID", AkkaFrames.Message(
            identify => AkkaFrames.Bytes(identify, 1, AkkaFrames.Payload(AkkaFrames.System, "System.Drawing.Bitmap"))));
        var answer = AkkaFrames.Payload(AkkaFrames.Miscellaneous, "AID", AkkaFrames.Message(
            identity => AkkaFrames.Bytes(identity, 1, AkkaFrames.Payload(AkkaFrames.System, "System.Drawing.Bitmap"))));

        Assert.Equal(Verdict.Pass, gate.Judge(AkkaFrames.To(Own + "/user/raft", nothing)));
        Assert.Equal(Verdict.Drop, gate.Judge(AkkaFrames.To(Own + "/user/raft", something)));
        Assert.Equal(Verdict.Drop, gate.Judge(AkkaFrames.To(Own + "/user/raft", answer)));
    }

    [Fact]
    public void A_selection_leads_to_the_groups_actors_alone()
    {
        var gate = WithHandshake();

        Verdict Select(params string[] names) => gate.Judge(AkkaFrames.To(Own + "/", AkkaFrames.Selection(Known, names)));

        Assert.Equal(Verdict.Pass, Select("user", "raft", "sessions"));
        Assert.Equal(Verdict.Drop, Select("user"));
        Assert.Equal(Verdict.Drop, Select("user", "other"));
        Assert.Equal(Verdict.Drop, Select("system", "raft"));
        Assert.Equal(Verdict.Drop, Select("user", "raft", ".."));
        Assert.Equal(Verdict.Drop, gate.Judge(AkkaFrames.To(
            Own + "/user/raft/server", AkkaFrames.Selection(Known, "user", "raft"))));
    }

    [Theory]
    [InlineData("akka.tcp://raftakka@10.0.0.2:4052/user/raft/server")]
    [InlineData("akka.tcp://client@10.0.0.9:50001/user/c")]
    [InlineData("akka.tcp://client@10.0.0.9:5000")]
    [InlineData("c")]
    public void A_sender_has_the_address_of_the_handshake(string sender)
    {
        var gate = WithHandshake();

        Assert.Equal(Verdict.Drop, gate.Judge(AkkaFrames.To(Own + "/user/raft/server", Known, sender)));
    }

    [Fact]
    public void System_messages_are_dropped_by_their_number_too()
    {
        var gate = WithHandshake();

        Assert.Equal(Verdict.Drop, gate.Judge(AkkaFrames.To(Own + "/user/raft/server", Known, sequence: 1)));
    }

    [Fact]
    public void Acknowledgements_never_arrive_and_their_message_does()
    {
        var gate = WithHandshake();
        var plain = AkkaFrames.To(Own + "/user/raft/server", Known);

        Assert.Equal(Verdict.Ignore, gate.Judge(AkkaFrames.Ack(1_000)));
        Assert.Equal(Verdict.Replace, gate.Judge(AkkaFrames.To(Own + "/user/raft/server", Known, withAck: true)));

        Assert.Equal(plain, gate.Replacement);
    }

    [Fact]
    public void A_field_that_comes_twice_closes_the_connection_since_the_second_one_would_be_read()
    {
        var gate = WithHandshake();
        var twice = AkkaFrames.Message(frame =>
        {
            AkkaFrames.Bytes(frame, 1, [1]);
            AkkaFrames.Bytes(frame, 1, [2]);
        });

        Assert.Equal(Verdict.Close, gate.Judge(twice));
    }

    [Fact]
    public void One_that_leaves_is_gone_for_good_where_only_rafts_messages_come_in()
    {
        var gate = WithHandshake();

        Assert.Equal(Verdict.Replace, gate.Judge(AkkaFrames.Command(AkkaFrames.Disassociate)));
        Assert.Equal(AkkaFrames.Command(AkkaFrames.ShuttingDown), gate.Replacement);
        Assert.Equal(Verdict.Pass, gate.Judge(AkkaFrames.Command(AkkaFrames.Heartbeat)));
    }

    [Fact]
    public void Nothing_comes_before_the_handshake_and_no_second_one_after_it()
    {
        var handshake = AkkaFrames.HandshakeOf("client", "10.0.0.9", 5000);

        Assert.Equal(Verdict.Close, Gate().Judge(AkkaFrames.Command(AkkaFrames.Heartbeat)));
        Assert.Equal(Verdict.Close, Gate().Judge(AkkaFrames.To(Own + "/user/raft/server", Known)));
        Assert.Equal(Verdict.Close, WithHandshake().Judge(handshake));
    }

    [Theory]
    [InlineData("cli ent", "10.0.0.9", 5000, "tcp")]
    [InlineData("client", "", 5000, "tcp")]
    [InlineData("client", "ho/st", 5000, "tcp")]
    [InlineData("client", "10.0.0.9", 0, "tcp")]
    [InlineData("client", "10.0.0.9", 65536, "tcp")]
    [InlineData("client", "10.0.0.9", 5000, "udp")]
    [InlineData("raftakka", "10.0.0.1", 4051, "tcp")]   // This very system.
    [InlineData("raftakka", "10.0.0.2", 4051, "tcp")]   // A server, from elsewhere.
    public void A_handshake_with_an_address_that_cannot_be_closes_the_connection(
        string system, string host, int port, string protocol) =>
        Assert.Equal(Verdict.Close, Gate().Judge(AkkaFrames.HandshakeOf(system, host, port, protocol: protocol)));

    [Fact]
    public void A_server_comes_from_its_own_address_and_a_client_from_wherever_it_is()
    {
        var mapped = IPAddress.Parse("10.0.0.2").MapToIPv6();

        Assert.Equal(Verdict.Pass, Gate(mapped).Judge(AkkaFrames.HandshakeOf("raftakka", "10.0.0.2", 4051)));
        Assert.Equal(Verdict.Pass, Gate().Judge(AkkaFrames.HandshakeOf("raftakka", "a-name", 4051)));
        Assert.Equal(Verdict.Pass, Gate().Judge(AkkaFrames.HandshakeOf("client", "172.17.0.2", 4051)));
        Assert.Equal(Verdict.Pass, Gate(checksOrigin: false).Judge(AkkaFrames.HandshakeOf("raftakka", "10.0.0.2", 4051)));
    }

    [Fact]
    public void With_other_messages_in_the_system_everything_passes_after_the_handshake_but_garbage()
    {
        var gate = Gate(onlyRaft: false);
        gate.Judge(AkkaFrames.HandshakeOf("client", "10.0.0.9", 5000));

        Assert.Equal(Verdict.Pass, gate.Judge(AkkaFrames.To(Own + "/user/x", AkkaFrames.Payload(99, "m"), withAck: true)));
        Assert.Equal(Verdict.Pass, gate.Judge(AkkaFrames.Command(AkkaFrames.Disassociate)));
        Assert.Equal(Verdict.Close, gate.Judge("garbage"u8));
    }

    // Every frame that can be, cut or changed at every place: no exception, and no message that was changed into another.
    [Fact]
    public void Bytes_that_were_changed_or_cut_never_throw()
    {
        var frame = AkkaFrames.To(Own + "/", AkkaFrames.Selection(Known, "user", "raft", "sessions"), Caller + "/user/c");
        var gate = WithHandshake();

        for (var at = 0; at < frame.Length; at++)
        {
            gate.Judge(frame.AsSpan(0, at));
            for (var change = 1; change < 256; change++)
            {
                var changed = frame.ToArray();
                changed[at] ^= (byte)change;
                gate.Judge(changed);
            }
        }
    }

    private static InboundGate Gate(IPAddress? from = null, bool onlyRaft = true, bool checksOrigin = true) => new(
        new InboundRules(onlyRaft, checksOrigin, Address.Parse(Own), "raft"), from ?? CallersHost);

    private static InboundGate WithHandshake()
    {
        var gate = Gate();
        Assert.Equal(Verdict.Pass, gate.Judge(AkkaFrames.HandshakeOf("client", "10.0.0.9", 5000)));
        return gate;
    }
}
