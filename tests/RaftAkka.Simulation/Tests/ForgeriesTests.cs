using RaftAkka.Protocol;
using RaftAkka.Simulation.Faults;
using Xunit;

namespace RaftAkka.Simulation.Tests;

public sealed class ForgeriesTests
{
    [Fact]
    public void Every_message_between_servers_can_be_forged() =>
        Assert.Equal(TypesOf<IPeerMessage>(), Names(PeerForgeries.Types));

    [Fact]
    public void Every_request_of_a_client_can_be_forged() =>
        Assert.Equal(TypesOf<IClientRequest>(), Names(ClientForgeries.Types));

    private static IEnumerable<string> TypesOf<TMessage>() => Names(
        typeof(TMessage).Assembly.GetTypes().Where(type => type.IsClass && typeof(TMessage).IsAssignableFrom(type)));

    private static IEnumerable<string> Names(IEnumerable<Type> types) =>
        types.Select(type => type.Name).Order(StringComparer.Ordinal);
}
