using Xunit;
using static RaftAkka.Protocol.Tests.Membership.Clusters;

namespace RaftAkka.Protocol.Tests.Membership;

public sealed class MembershipRulesTests
{
    private static readonly MemberChange AddD = new MemberChange.Add(Member("d+"));

    [Fact]
    public void A_second_change_waits_until_the_first_is_committed()
    {
        Assert.Equal(MembershipRefusal.ChangeUnderWay, Refusal(Of("a b c"), isCommitted: false, AddD));

        var joint = After(Of("a b c"), new MemberChange.Remove(Id("a")));
        Assert.Equal(MembershipRefusal.ChangeUnderWay, Refusal(joint, isCommitted: true, AddD));
    }

    [Fact]
    public void A_leader_without_a_committed_entry_of_its_own_term_changes_nothing()
    {
        var decision = MembershipRules.Decide(Of("a b c"), isCommitted: true, knowsCommitted: false, [AddD]);

        Assert.Equal(MembershipRefusal.NoOwnTermCommit, Assert.IsType<MembershipDecision.Refused>(decision).Reason);
    }

    [Fact]
    public void Somebody_has_to_vote()
    {
        Assert.Equal(MembershipRefusal.NoVoterLeft, Refusal(Of("a b+"), new MemberChange.Remove(Id("a"))));
        Assert.Equal(MembershipRefusal.NoVoterLeft, Refusal(Of("a"), new MemberChange.SetRole(Id("a"), MemberRole.Learner)));
        Assert.Equal("(b) from (a)", $"{After(Of("a"), new MemberChange.Remove(Id("a")), new MemberChange.Add(Member("b")))}");
    }

    [Fact]
    public void A_server_that_was_never_heard_of_does_not_vote()
    {
        var cluster = Configuration.Of([Member("a") with { Disk = new DiskId(1) }, Member("b"), Member("d+"), Member("e~") with
        {
            Disk = new DiskId(2),
        }]);

        Assert.Equal(MembershipRefusal.NotHeardYet, Refusal(cluster, new MemberChange.Add(Member("c"))));
        Assert.Equal(MembershipRefusal.NotHeardYet, Refusal(cluster, new MemberChange.SetRole(Id("d"), MemberRole.Voter)));

        // One that has spoken does; and so does one that the cluster was founded with.
        Assert.Equal("(a b d+ e) from (a b)", $"{After(cluster, new MemberChange.SetRole(Id("e"), MemberRole.Voter))}");
        Assert.Equal("(b d+ e~) from (a b)", $"{After(cluster, new MemberChange.Remove(Id("a")))}");
    }

    [Fact]
    public void An_id_that_was_used_before_is_refused()
    {
        Assert.Equal(MembershipRefusal.IdUsedBefore, Refusal(Of("a b", retired: "d"), AddD));

        // Nor can it leave and come back in one change.
        Assert.Equal(MembershipRefusal.AlreadyMember, Refusal(
            Of("a b"), new MemberChange.Add(new Member(Id("b"), "elsewhere:1"))));
    }

    [Fact]
    public void What_is_so_already_is_not_written_again()
    {
        AlreadySo(Of("a b d+"), AddD);
        AlreadySo(Of("a b d"), AddD);   // It was promoted since.
        AlreadySo(Of("a b", retired: "c"), new MemberChange.Remove(Id("c")));
        AlreadySo(Of("a b"), new MemberChange.SetRole(Id("a"), MemberRole.Voter));
        AlreadySo(Of("a b"));
    }

    [Fact]
    public void Who_is_no_member_cannot_be_changed()
    {
        MemberChange[] changes =
        [
            new MemberChange.Remove(Id("x")), new MemberChange.SetRole(Id("x"), MemberRole.Voter),
            new MemberChange.SetAddress(Id("x"), "x:1"), new MemberChange.SetPriority(Id("x"), 1),
            new MemberChange.SetDisk(Id("x"), new DiskId(1)),
        ];
        foreach (var change in changes) Assert.Equal(MembershipRefusal.NotMember, Refusal(Of("a b"), change));
    }

    [Theory]
    [InlineData("a:4051", MembershipRefusal.AddressTaken)]
    [InlineData("A:4051", MembershipRefusal.AddressTaken)]
    [InlineData("nowhere", MembershipRefusal.BadAddress)]
    [InlineData("b:0", MembershipRefusal.BadAddress)]
    [InlineData("b:65536", MembershipRefusal.BadAddress)]
    [InlineData("b:+1", MembershipRefusal.BadAddress)]
    [InlineData(":1", MembershipRefusal.BadAddress)]
    [InlineData("two words:1", MembershipRefusal.BadAddress)]
    [InlineData("[::1:1", MembershipRefusal.BadAddress)]
    public void An_address_is_one_of_its_own(string address, MembershipRefusal refusal) =>
        Assert.Equal(refusal, Refusal(Of("a b"), new MemberChange.SetAddress(Id("b"), address)));

    [Theory]
    [InlineData("[::1]:4051")]
    [InlineData("10.0.0.1:1")]
    [InlineData("db-1.example.org:65535")]
    public void Names_and_numbers_are_addresses(string address) =>
        Assert.Equal(address, After(Of("a b"), new MemberChange.SetAddress(Id("b"), address)).Find(Id("b"))!.Address);

    [Fact]
    public void Two_can_swap_their_addresses_at_once()
    {
        var swapped = After(
            Of("a b"), new MemberChange.SetAddress(Id("a"), "b:4051"), new MemberChange.SetAddress(Id("b"), "a:4051"));

        Assert.Equal("a:4051", swapped.Find(Id("b"))!.Address);
        Assert.False(swapped.IsJoint);
    }

    [Fact]
    public void A_disk_is_noted_once_and_another_one_is_refused()
    {
        var noted = After(Of("a b"), new MemberChange.SetDisk(Id("b"), new DiskId(7)));

        Assert.Equal(new DiskId(7), noted.Find(Id("b"))!.Disk);
        Assert.False(noted.IsJoint);
        Assert.Equal(MembershipRefusal.OtherDisk, Refusal(noted, new MemberChange.SetDisk(Id("b"), new DiskId(8))));
        AlreadySo(noted, new MemberChange.SetDisk(Id("b"), new DiskId(7)));
    }

    [Fact]
    public void A_change_is_taken_whole_or_not_at_all()
    {
        Assert.Equal(MembershipRefusal.NotMember, Refusal(Of("a b"), AddD, new MemberChange.Remove(Id("x"))));

        var replaced = After(
            Of("a b c"),
            [.. "abc".Select(c => new MemberChange.Remove(Id($"{c}"))), .. "def".Select(c => new MemberChange.Add(Member($"{c}")))]);
        Assert.Equal("(d e f) from (a b c)", $"{replaced}");
        Assert.Equal(Ids("a b c"), replaced.LeaveJoint().Retired);
    }

    [Fact]
    public void A_learner_that_is_promoted_votes_at_once()
    {
        var joint = After(Of("a b c+"), new MemberChange.SetRole(Id("c"), MemberRole.Voter));

        Assert.Equal("(a b c) from (a b)", $"{joint}");
        Assert.True(joint.IsVoter(Id("c")));
    }

    [Fact]
    public void A_voter_that_is_to_learn_from_now_on_votes_until_that_is_decided()
    {
        var joint = After(Of("a b c"), new MemberChange.SetRole(Id("c"), MemberRole.Replica));

        Assert.True(joint.IsVoter(Id("c")));
        Assert.Equal("(a b c~)", $"{joint.LeaveJoint()}");
        Assert.Empty(joint.LeaveJoint().Retired);
    }

    [Fact]
    public void There_are_limits()
    {
        var full = Of(string.Join(' ', Enumerable.Range(0, Configuration.MembersMax).Select(n => $"n{n}")));
        Assert.Equal(MembershipRefusal.TooMany, Refusal(full, AddD));

        var old = Configuration.Of(
            [Member("a"), Member("b")], Enumerable.Range(0, Configuration.RetiredMax).Select(n => new ServerId($"old{n}")));
        Assert.Equal(MembershipRefusal.TooMany, Refusal(old, new MemberChange.Remove(Id("b"))));
        Assert.Equal("(a b d+)", $"{After(old, AddD)}");
    }

    private static MembershipRefusal Refusal(Configuration current, params MemberChange[] changes) =>
        Refusal(current, isCommitted: true, changes);

    private static MembershipRefusal Refusal(Configuration current, bool isCommitted, params MemberChange[] changes)
    {
        var refused = Assert.IsType<MembershipDecision.Refused>(
            MembershipRules.Decide(current, isCommitted, knowsCommitted: true, changes));
        Assert.NotEmpty(refused.Facts);
        return refused.Reason;
    }

    private static void AlreadySo(Configuration current, params MemberChange[] changes) =>
        Assert.IsType<MembershipDecision.AlreadySo>(MembershipRules.Decide(current, true, true, changes));
}
