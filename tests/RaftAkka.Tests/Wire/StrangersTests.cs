using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Wire;

/// <summary>
/// A sender that does not keep to our rules: Akka as it comes, and a serializer under our number.
/// </summary>
public sealed class StrangersTests() : TwoSystems(Akka)
{
    private static readonly Config Akka = ConfigurationFactory.ParseString(
        """
        akka.actor {
          serializers.forged = "RaftAkka.Tests.Wire.StrangersTests+ForgedSerializer, RaftAkka.Tests"
          serialization-bindings {
            "RaftAkka.Tests.Wire.StrangersTests+Forged, RaftAkka.Tests" = forged
          }
        }
        """);

    [Fact]
    public void Json_is_dropped_unread_and_the_system_lives_on()
    {
        Receiver.Tell(new Plain("secret"));

        var refusal = Logged<Warning>(NodeLog, "JSON");
        Assert.DoesNotContain("   at ", refusal.ToString(), StringComparison.Ordinal);   // No stack trace.
        ExpectThatTheNodeStillHears();
    }

    [Fact]
    public void An_unknown_manifest_is_refused_by_name_and_the_system_lives_on()
    {
        Receiver.Tell(new Forged("ae9", []));

        Logged<Warning>(NodeLog, "raft message 'ae9': this release knows no such message");
        ExpectThatTheNodeStillHears();
    }

    [Fact]
    public void Malformed_bytes_are_refused_by_name_and_the_system_lives_on()
    {
        Receiver.Tell(new Forged("ae1", [0x0a, 0xff]));

        var refusal = Logged<Warning>(NodeLog, "raft message 'ae1': ");
        Assert.DoesNotContain("   at ", refusal.ToString(), StringComparison.Ordinal);
        ExpectThatTheNodeStillHears();
    }

    [Fact]
    public void Bytes_that_are_not_even_akkas_cost_only_their_own_connection()
    {
        using var stranger = new Socket(SocketType.Stream, ProtocolType.Tcp);
        stranger.Connect(NodeEndPoint);
        stranger.Send([4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);

        ExpectThatTheNodeStillHears();
    }

    // "ka1" is a KeepAlive: without a session it has no bytes.
    private void ExpectThatTheNodeStillHears()
    {
        Receiver.Tell(new Forged("ka1", []));
        Arrived.ExpectMsg<KeepAlive>();
        Arrived.ExpectNoMsg(TimeSpan.Zero);
    }

    private sealed record Plain(string Content);

    private sealed record Forged(string Manifest, byte[] Bytes);

    private sealed class ForgedSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4711;

        public override string Manifest(object o) => ((Forged)o).Manifest;

        public override byte[] ToBinary(object obj) => ((Forged)obj).Bytes;

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
    }
}
