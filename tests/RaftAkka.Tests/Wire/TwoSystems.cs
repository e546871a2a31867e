using System.Net;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace RaftAkka.Tests.Wire;

/// <summary>
/// Two actor systems that talk over real sockets on free ports of this machine: the test kit's own, which
/// sends, and <see cref="Node"/>, configured as a node process is.
/// </summary>
public abstract class TwoSystems : TestKit
{
    private static readonly Config Here = ConfigurationFactory.ParseString(
        """
        akka {
          actor.provider = remote
          loglevel = DEBUG
          stdout-loglevel = OFF
          loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
          # The serializer and Akka itself have to bear what a stranger sends, also without the gate in front of them.
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, inbound-messages = any }

          # How long to wait before a message counts as lost: long, because the machine may be busy.
          test { single-expect-default = 20 s, default-timeout = 20 s }
        }
        """);

    protected TwoSystems(Config sender) : base(Here.WithFallback(sender))
    {
        Node = (ExtendedActorSystem)ActorSystem.Create("raftakka", Here.WithFallback(ReferenceConfig.Node));
        NodeLog = CreateTestProbe(Node);
        Node.EventStream.Subscribe(NodeLog, typeof(LogEvent));
        SenderLog = CreateTestProbe();
        Sys.EventStream.Subscribe(SenderLog, typeof(LogEvent));

        Arrived = CreateTestProbe(Node);
        var receiver = Node.ActorOf(Props.Create(() => new Passing(Arrived.Ref)), "receiver");
        Receiver = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(
            receiver.Path.ToStringWithAddress(NodeAddress));
    }

    protected ExtendedActorSystem Node { get; }

    protected Address NodeAddress => Node.Provider.DefaultAddress;

    protected EndPoint NodeEndPoint => new IPEndPoint(IPAddress.Loopback, NodeAddress.Port!.Value);

    /// <summary>
    /// An actor of the node as the sender sees it, by its path and without the incarnation's uid.
    /// </summary>
    protected IActorRef Receiver { get; }

    /// <summary>What that actor got.</summary>
    protected TestProbe Arrived { get; }

    protected TestProbe NodeLog { get; }

    protected TestProbe SenderLog { get; }

    protected static T Logged<T>(TestProbe log, string text) where T : LogEvent =>
        (T)log.FishForMessage(
            message => message is T line && line.ToString().Contains(text, StringComparison.Ordinal),
            TimeSpan.FromSeconds(20));

    protected override void AfterAll()
    {
        Shutdown(Node, TimeSpan.FromSeconds(10));
        base.AfterAll();
    }

    private sealed class Passing(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Tell(message, Sender);
    }
}
