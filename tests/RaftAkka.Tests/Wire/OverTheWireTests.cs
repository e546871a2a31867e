using Akka.Actor;
using Akka.Remote;
using Akka.TestKit;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Wire;

public sealed class OverTheWireTests() : TwoSystems(ReferenceConfig.Default)
{
    [Fact]
    public void Every_message_arrives_as_it_was_sent()
    {
        foreach (var message in WireMessages.Golden) Receiver.Tell(message);

        var arrived = Arrived.ReceiveN(WireMessages.Golden.Count);
        foreach (var (sent, got) in WireMessages.Golden.Zip(arrived)) Same.Message(sent, got);
    }

    [Fact]
    public void The_largest_entry_arrives()
    {
        var entry = LogEntry.Create(
            new(new(1), new(1)), EntryKind.Commands, new byte[RecordCodec.PayloadBytesMax]);
        var header = new MessageHeader(new("orders"), new("raft"), new("node-1"), new(1));
        var append = new AppendEntries(header, EntryId.Zero, LogSlice.Of(entry), LogIndex.Zero, ReadRound.None);

        Receiver.Tell(append);

        Same.Message(append, Arrived.ExpectMsg<AppendEntries>());
    }

    [Fact]
    public void A_message_without_a_serializer_is_refused_by_name_where_it_is_sent()
    {
        Receiver.Tell(new Unbound("secret"));
        Receiver.Tell(new KeepAlive());

        Logged<Akka.Event.Error>(SenderLog, nameof(Unbound));
        Arrived.ExpectMsg<KeepAlive>();   // The connection lives on.
    }

    [Fact]
    public void Clients_find_the_sessions_by_selection_and_reach_nothing_else_so()
    {
        var sessions = PassesOn("sessions");
        var server = Node.ActorOf(Props.Create(() => new Group(sessions.Ref)), "raft");

        Sys.ActorSelection(server.Path.ToStringWithAddress(NodeAddress) + "/other").Tell(new KeepAlive());
        Sys.ActorSelection(server.Path.ToStringWithAddress(NodeAddress) + "/sessions").Tell(new DisconnectClient());

        sessions.ExpectMsg<DisconnectClient>();
        sessions.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_stranger_cannot_stop_an_actor_with_a_poison_pill()
    {
        Receiver.Tell(PoisonPill.Instance);
        Receiver.Tell(new KeepAlive());

        Arrived.ExpectMsg<KeepAlive>();
    }

    // The lifecycle events are not logged, but published all the same: the server takes its hint from them.
    [Fact]
    public void The_death_of_a_system_is_published()
    {
        Receiver.Tell(new KeepAlive());
        Arrived.ExpectMsg<KeepAlive>();
        var events = CreateTestProbe();
        Sys.EventStream.Subscribe(events, typeof(DisassociatedEvent));

        Shutdown(Node);

        events.ExpectMsg<DisassociatedEvent>(gone => gone.RemoteAddress.Equals(NodeAddress));
    }

    private TestProbe PassesOn(string name) => CreateTestProbe(Node, name);

    private sealed record Unbound(string Content);

    private sealed class Group : UntypedActor
    {
        public Group(IActorRef probe)
        {
            Context.ActorOf(Props.Create(() => new Passing(probe)), "sessions");
            Context.ActorOf(Props.Create(() => new Passing(probe)), "other");
        }

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Passing(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Tell(message, Sender);
    }
}
