using System.Text;
using Akka.TestKit.Xunit2;
using RaftAkka.Client;
using Xunit;

namespace RaftAkka.Tests.Examples;

/// <summary>Your own code, tested without any server: a probe plays the client's actor.</summary>
public sealed class TestingYourServiceTests : TestKit
{
    private readonly TicketDesk _desk;

    public TestingYourServiceTests() =>
        _desk = new TicketDesk(new RaftClient(TestActor, timeout: TimeSpan.FromSeconds(3)));

    [Fact]
    public async Task A_reserved_seat_is_confirmed()
    {
        var reservation = _desk.ReserveAsync("4A", "ann");

        var call = ExpectMsg<ClientCall>();
        Assert.Equal("reserve 4A ann", Encoding.UTF8.GetString(call.Body.Span));
        call.Complete("ok"u8.ToArray());

        Assert.Equal(Reservation.Confirmed, await reservation);
    }

    [Fact]
    public async Task Where_no_leader_took_the_command_the_guest_may_try_again()
    {
        var reservation = _desk.ReserveAsync("4A", "ann");
        ExpectMsg<ClientCall>().Refuse("no leader");

        Assert.Equal(Reservation.TryAgain, await reservation);
    }

    [Fact]
    public async Task Where_nobody_can_say_the_guest_is_not_told_to_try_again()
    {
        var reservation = _desk.ReserveAsync("4A", "ann");
        ExpectMsg<ClientCall>().LeaveUnknown("the leader died");

        Assert.Equal(Reservation.AskLater, await reservation);
    }
}
