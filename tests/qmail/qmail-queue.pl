#!/usr/bin/perl
# A qmail-queue with delivery behind it: takes message and envelope as qmail-queue.c does and with its numbers, and puts the message into
# the maildir that is its only word, once for each recipient.
use strict;
use warnings;
use POSIX ();

my ($maildir) = @ARGV;
my ($message, $envelope) = (whole(0), whole(1));
$envelope =~ /\0\0\z/ or POSIX::_exit(54);
$envelope =~ /^F[^\0]*\0(?:T[^\0]+\0)+\0\z/ or POSIX::_exit(91);
my ($sender, @recipients) = map { substr $_, 1 } split /\0/, $envelope;
deliver($_) for 0 .. $#recipients;
POSIX::_exit(0);

# All that is on a descriptor.
sub whole {
    my ($number) = @_;
    open my $file, '<&=', $number or POSIX::_exit(54);
    my $text = '';
    while (1) {
        my $read = sysread $file, $text, 65536, length $text;
        defined $read or POSIX::_exit(54);
        return $text if !$read;
    }
}

sub deliver {
    my ($number) = @_;
    my $name = time . ".$$.$number";
    open my $file, '>', "$maildir/tmp/$name" or POSIX::_exit(53);
    print $file "Return-Path: <$sender>\nDelivered-To: $recipients[$number]\n", $message or POSIX::_exit(53);
    close $file or POSIX::_exit(53);
    rename "$maildir/tmp/$name", "$maildir/new/$name" or POSIX::_exit(53);
}
