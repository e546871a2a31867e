using Xunit;
using static RaftAkka.Protocol.Tests.Logs;

namespace RaftAkka.Protocol.Tests;

public sealed class IdsTests
{
    [Fact]
    public void Logs_are_compared_by_their_last_term_then_by_their_length()
    {
        EntryId[] inOrder = [EntryId.Zero, Id(1, 1), Id(9, 1), Id(2, 2), Id(3, 2), Id(1, 3)];

        Assert.Equal(inOrder, inOrder.Reverse().Order());
        Assert.All(inOrder.Zip(inOrder.Skip(1)), pair =>
        {
            Assert.True(pair.First < pair.Second && pair.First <= pair.Second);
            Assert.True(pair.Second > pair.First && pair.Second >= pair.First);
        });
        Assert.True(Id(2, 2) >= Id(2, 2) && Id(2, 2) <= Id(2, 2));
        Assert.False(Id(2, 2) > Id(2, 2) || Id(2, 2) < Id(2, 2));
    }

    [Fact]
    public void Terms_positions_and_numbers_are_ordered_as_numbers_are()
    {
        Assert.True(new Term(2) < new Term(10) && new Term(10) > new Term(2));
        Assert.True(new Term(2) <= new Term(2) && new Term(2) >= new Term(2));
        Assert.False(new Term(2) < new Term(2) || new Term(2) > new Term(2));
        Assert.True(At(2) < At(10) && At(10) > At(2));
        Assert.True(At(2) <= At(2) && At(2) >= At(2));
        Assert.False(At(2) < At(2) || At(2) > At(2));
        Assert.True(new SequenceNumber(2) < new SequenceNumber(10) && new SequenceNumber(10) > new SequenceNumber(2));
        Assert.True(new SequenceNumber(2) <= new SequenceNumber(2) && new SequenceNumber(2) >= new SequenceNumber(2));
        Assert.Equal(new Term(3), new Term(2).Next);
        Assert.Equal(new SequenceNumber(3), new SequenceNumber(2).Next);
    }

    [Fact]
    public void Positions_are_counted_with()
    {
        Assert.Equal(At(5), At(4).Next);
        Assert.Equal(At(3), At(4).Previous);
        Assert.Equal(At(9), At(4) + 5);
        Assert.Equal(5, At(9) - At(4));
        Assert.Equal(At(4), LogIndex.Min(At(4), At(9)));
        Assert.Equal(At(4), LogIndex.Min(At(9), At(4)));
        Assert.Equal(At(9), LogIndex.Max(At(4), At(9)));
        Assert.Equal(At(9), LogIndex.Max(At(9), At(4)));
    }

    [Fact]
    public void People_read_them_as_numbers() =>
        Assert.Equal("7@3 3 7 12 5", $"{Id(7, 3)} {new Term(3)} {At(7)} {new SessionId(12)} {new SequenceNumber(5)}");
}
